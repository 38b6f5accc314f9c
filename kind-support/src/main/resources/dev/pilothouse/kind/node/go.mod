module dev.pilothouse/node

go 1.22
