package explore

import (
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

	chosen, err := parseSchedule(schedule)
	require.NoError(t, err)
	require.Equal(t, failure, execute(lostUpdate, &replay{chosen}, nil).failure)
	require.Regexp(t, `(?m)^ +0  goroutine 1 +run_test.go:\d+ +load = 0 +r.Did\(&v.Object, Read, "load", uint64\(value\)\)$`, text)
	require.Regexp(t, `(?m)^ +3  goroutine 1 +run_test.go:\d+ +store = 1 `, text)
	require.Regexp(t, `(?m)^ +4  main +run_test.go:\d+ +load = 1 `, text)
}

func TestAScheduleOfAnotherProgramIsAFailure(t *testing.T) {
	r := execute(lostUpdate, &replay{[]uint8{9}}, nil)
	require.Contains(t, r.failure, "not one of this program")
}

func TestSchedulesAreWrittenAndRead(t *testing.T) {
	for _, chosen := range [][]uint8{{0}, {1, 1, 0, 2, 2, 2}, {200, 0, 200}} {
		read, err := parseSchedule(formatSchedule(chosen))
		require.NoError(t, err)
		require.Equal(t, chosen, read)
	}
	require.Equal(t, "1x2,0x1,2x3", formatSchedule([]uint8{1, 1, 0, 2, 2, 2}))
	for _, bad := range []string{"", "1", "x", "1x", "1x0", "1x-1", "-1x1", "256x1", "1x2,", "1x2 ", "1x2x3", "1x99999999999999999999"} {
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
