module pilothouse/testbed/pause

go 1.26
