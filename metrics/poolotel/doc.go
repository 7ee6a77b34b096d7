// Package poolotel shows the pools of this module to OpenTelemetry.
//
//	p := ringpool.New(50)
//	if _, err := poolotel.Register(otel.GetMeterProvider(), "jobs", p); err != nil {
//		log.Fatal(err)
//	}
//
// It works with packages ringpool and chanpool. It is a module of its own, so that
// importing a pool does not import OpenTelemetry.
//
// # The instruments
//
// Status: development. OpenTelemetry has no conventions for worker pools in general.
// These names follow its conventions for the executors of the Java runtime, which
// are also in development. They will change when there are general conventions.
//
// Each has the attribute workerpool.name, which is the name under which the
// pool was registered.
//
//	workerpool.worker.limit     {worker}  UpDownCounter  workers, the size of the pool
//	workerpool.worker.started   {worker}  UpDownCounter  workers that have a goroutine
//	workerpool.worker.busy      {worker}  UpDownCounter  workers that are not idle
//	workerpool.queue.capacity   {task}    UpDownCounter  tasks that can be queued
//	workerpool.queue.size       {task}    UpDownCounter  tasks accepted and not yet taken by a worker
//	workerpool.submit.waiting   {call}    UpDownCounter  calls that wait for room
//	workerpool.task.submitted   {task}    Counter        tasks accepted
//	workerpool.task.completed   {task}    Counter        tasks that have ended, also by a panic or a Goexit
//	workerpool.task.panicked    {task}    Counter        tasks that have panicked
//	workerpool.task.expired     {task}    Counter        tasks completed without a call: their context had ended
//	workerpool.task.returned    {task}    Counter        tasks that ShutdownNow has returned
//	workerpool.task.rejected    {task}    Counter        tasks not accepted, with workerpool.rejection.reason:
//	    full                                             with ErrPoolFull
//	    closed                                           with ErrPoolClosed
//	    canceled                                         because the submitter's context ended
//	workerpool.task.caller_run  {task}    Counter        tasks that SubmitOrRun ran in its caller
//	workerpool.worker.parked    {park}    Counter        times a worker became idle
//	workerpool.worker.woken     {wake}    Counter        times an idle worker was claimed
//
// The last two are 0 for chanpool, which does not count them. With
// [NewDurations] there are two more:
//
//	workerpool.task.wait.duration  s  Histogram  from the submit of a task to its start
//	workerpool.task.run.duration   s  Histogram  from the start of a task to its end
//
// Figures that can be added up over pools are UpDownCounters and not Gauges, as in
// the conventions. OpenTelemetry's rules for Prometheus translate the names into
// those of module poolprom. The attribute becomes the label workerpool_name, which is
// called pool there.
//
// # What it costs
//
// A collection calls Stats once for each pool, so all figures of a pool come from
// one snapshot. The pool keeps these figures anyway. The histograms cost what the
// options WithQueueWait and WithRunTime say, and an update for each observed task.
// The cost of a span depends on the sampler of the tracer.
//
// The SDK limits how many sets of attributes an instrument can have, by default to
// 2000. A program with more pools must set another limit when it makes its
// MeterProvider.
package poolotel
