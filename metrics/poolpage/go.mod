module github.com/seed62337844/workerpool/metrics/poolpage

go 1.25

replace github.com/seed62337844/workerpool => ../..

require github.com/seed62337844/workerpool v0.1.0

require go.uber.org/atomic v1.12.0 // indirect
