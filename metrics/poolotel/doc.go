// Package poolotel shows the pools of this module by OpenTelemetry.
//
//	p := ringpool.New(50)
//	if _, err := poolotel.Register(otel.GetMeterProvider(), "jobs", p); err != nil {
//		log.Fatal(err)
//	}
//
// It serves packages ringpool and chanpool alike. It is a module of its own, so that
// an import of a pool does not bring OpenTelemetry with it.
//
// # The instruments
//
// Status: development. OpenTelemetry has no conventions for worker pools in general.
// Its conventions for the executors of the Java runtime, which are in development
// too, are the model of these names. They will follow when there are general ones.
//
// Each has the attribute workerpool.name, the name under which the pool was
// registered.
//
//	workerpool.worker.limit     {worker}  UpDownCounter  workers at most, the pool's size
//	workerpool.worker.started   {worker}  UpDownCounter  workers that have a goroutine
//	workerpool.worker.busy      {worker}  UpDownCounter  workers that are not idle
//	workerpool.queue.capacity   {task}    UpDownCounter  tasks that can be queued
//	workerpool.queue.size       {task}    UpDownCounter  tasks accepted and not yet taken by a worker
//	workerpool.submit.waiting   {call}    UpDownCounter  calls that wait for room
//	workerpool.task.submitted   {task}    Counter        tasks accepted
//	workerpool.task.completed   {task}    Counter        tasks ended, by a panic or a Goexit too
//	workerpool.task.panicked    {task}    Counter        tasks ended by a panic
//	workerpool.task.expired     {task}    Counter        tasks completed, but not called: their context had ended
//	workerpool.task.returned    {task}    Counter        tasks handed back by ShutdownNow
//	workerpool.task.rejected    {task}    Counter        tasks not accepted, with workerpool.rejection.reason:
//	    full                                             with ErrPoolFull
//	    closed                                           with ErrPoolClosed
//	    canceled                                         because the submitter's context ended
//	workerpool.task.caller_run  {task}    Counter        tasks that SubmitOrRun ran in its caller
//	workerpool.worker.parked    {park}    Counter        times a worker became idle
//	workerpool.worker.woken     {wake}    Counter        times an idle worker was claimed
//
// The last two are 0 for chanpool, whose workers the runtime parks. With
// [NewDurations] there are two more:
//
//	workerpool.task.wait.duration  s  Histogram  from the submit of a task to its start
//	workerpool.task.run.duration   s  Histogram  from the start of a task to its end
//
// What sums up over pools is an UpDownCounter and not a Gauge, as in the conventions.
// OpenTelemetry's rules for Prometheus translate the names into those of module
// poolprom; the attribute becomes the label workerpool_name, which there is pool.
//
// # What it costs
//
// A collection calls Stats once for each pool, so all figures of a pool are from one
// snapshot. The pool keeps these figures in any case. The histograms cost what the
// options WithQueueWait and WithRunTime say, and an update for each observed task. A
// span costs what the tracer's sampler makes of it.
//
// The SDK limits how many sets of attributes an instrument can have, by default to
// 2000. A program with more pools than that sets another limit when it makes its
// MeterProvider.
package poolotel
