module pilothouse/testbed/sample

go 1.26
