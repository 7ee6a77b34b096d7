package explore

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFailureSaysHowToRepeatItAndWhatHappened(t *testing.T) {
	failure, c := look(Effort{Preemptions: 1}, lostUpdate)
	text := c.explain("TestX/y")
	require.True(t, strings.HasPrefix(text, failure))
	require.NotContains(t, text, "ended otherwise")
	_, schedule, _ := strings.Cut(text, "EXPLORE_SCHEDULE=")
	schedule, rest, _ := strings.Cut(schedule, " ")
	require.True(t, strings.HasPrefix(rest, "go test -tags modelcheck -run '^TestX$/^y$'\n"), rest)

	parsed, err := parseSchedule(schedule)
	require.NoError(t, err)
	require.Equal(t, failure, execute(lostUpdate, &replay{parsed.decisions}, parsed.afterSteps, nil).failure)
	line := `r.Did\(&v.Object, Read, "load", uint64\(value\)\)`
	if _, file, _, _ := runtime.Caller(0); !filepath.IsAbs(file) {
		line = "" // built with -trimpath: the program does not know where its source is
	}
	require.Regexp(t, `(?m)^ +0  goroutine 1 +run_test.go:\d+ +load = 0 +`+line+`$`, text)
	require.Regexp(t, `(?m)^ +3  goroutine 1 +run_test.go:\d+ +store = 1 `, text)
	require.Regexp(t, `(?m)^ +4  main +run_test.go:\d+ +load = 1 `, text)
}

func TestTheReportSaysHowManySchedulesThereWere(t *testing.T) {
	failure, c := look(Effort{Preemptions: Any}, func(r *Run) { r.Choose(2) })
	require.Empty(t, failure)
	require.Regexp(t, `^all schedules with at most 0 preemptions \(1 runs, 0 states\); all schedules \(2 runs, 1 states\); all schedules after steps \(2 runs, 1 states\); 0 random ones; 5 runs of at most \d+ choices, in [\d.]+ s$`, c.report())
}

func TestAScheduleOfAnotherProgramIsAFailure(t *testing.T) {
	choosing := func(r *Run) { r.Choose(2) }
	for _, c := range []struct {
		program   func(*Run)
		decisions []decision
		why       string
	}{
		{lostUpdate, []decision{9}, "decision 0 is 9x1, which is impossible"},
		{lostUpdate, []decision{outcome}, "decision 0 is ?0, which is impossible"},
		{choosing, []decision{1}, "decision 0 is 1x1, but must be one of 2 outcomes"},
		{choosing, []decision{outcome + 2}, "decision 0 is ?2, but must be one of 2 outcomes"},
	} {
		r := execute(c.program, &replay{c.decisions}, false, nil)
		require.Equal(t, "the schedule is not one of this program: "+c.why, r.failure)
	}
}

func TestSchedulesAreWrittenAndRead(t *testing.T) {
	for _, s := range []schedule{
		{false, []decision{0}},
		{false, []decision{1, 1, 0, 2, 2, 2}},
		{true, []decision{200, 0, 200}},
		{false, []decision{outcome + 1, outcome + 1, 1, outcome + 200, 0}},
	} {
		read, err := parseSchedule(s.String())
		require.NoError(t, err)
		require.Equal(t, s, read)
	}
	require.Equal(t, "1x2,0x1,2x3", schedule{false, []decision{1, 1, 0, 2, 2, 2}}.String())
	require.Equal(t, "after:1x1,?2,1x1", schedule{true, []decision{1, outcome + 2, 1}}.String())
	for _, bad := range []string{"", "after:", "?", "?-1", "?256", "?1x2", "1x2,after:1x2", "1", "x", "1x", "1x0", "1x-1", "-1x1", "256x1", "1x2,", "1x2 ", "1x2x3", "1x99999999999999999999"} {
		_, err := parseSchedule(bad)
		require.Error(t, err, "%q", bad)
	}
}

func TestBadEnvironmentIsRefused(t *testing.T) {
	for name, value := range map[string]string{timeVariable: "5", seedVariable: "-1", scheduleVariable: "x"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			require.ErrorContains(t, newCheck(lostUpdate).configure(), value)
		})
	}
}

func TestAShortEffortIsSmallerUnlessWhole(t *testing.T) {
	require.Equal(t, Effort{Preemptions: 1, Random: 10}, Effort{Preemptions: Any, Random: 40}.short())
	require.Equal(t, Effort{}, Effort{Random: 3}.short())
	whole := Effort{Preemptions: Any, Random: 40, Whole: true}
	require.Equal(t, whole, whole.short())
}
