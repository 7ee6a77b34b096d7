module github.com/seed62337844/workerpool/internal/outside

go 1.26.0

require golang.org/x/mod v0.43.0
