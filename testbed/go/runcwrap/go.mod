module pilothouse/testbed/runcwrap

go 1.26
