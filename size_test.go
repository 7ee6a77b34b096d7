package workerpool_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed62337844/workerpool"
	"github.com/seed62337844/workerpool/internal/check"
)

func TestSizeFromEnvReadsPositiveDecimalIntegers(t *testing.T) {
	for value, want := range map[string]int{
		"":        workerpool.DefaultSize,
		"1":       1,
		"50":      50,
		"007":     7,
		"8388608": check.MaxSize,
	} {
		t.Setenv(workerpool.SizeVariable, value)
		size, err := workerpool.SizeFromEnv()
		require.NoError(t, err, "WORKER_POOL_SIZE=%q", value)
		require.Equal(t, want, size, "WORKER_POOL_SIZE=%q", value)
	}
}

func TestSizeFromEnvIsFiftyWithoutTheVariable(t *testing.T) {
	t.Setenv(workerpool.SizeVariable, "") // restores it afterwards
	require.NoError(t, os.Unsetenv(workerpool.SizeVariable))
	size, err := workerpool.SizeFromEnv()
	require.NoError(t, err)
	require.Equal(t, 50, size)
}

func TestSizeFromEnvQuotesABadValue(t *testing.T) {
	for _, value := range []string{
		"50abc", "1e3", "0x10", "0b1", " 50 ", "50\n", " ", "-1", "-0", "0", "000", "+50", "1_000", "5.0", "fifty", "٥",
		"8388609", "2147483648", "4294967297", "18446744073709551617", strings.Repeat("9", 20),
	} {
		t.Setenv(workerpool.SizeVariable, value)
		size, err := workerpool.SizeFromEnv()
		require.Zero(t, size, "WORKER_POOL_SIZE=%q", value)
		require.ErrorContains(t, err, "workerpool: WORKER_POOL_SIZE="+strconv.Quote(value)+":")
	}
}
