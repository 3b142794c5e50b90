/* The border between R and the library: values of R on this side, bytes on the other. Memory of R is got before the library is
 * called, so that no error of R jumps over it. */

#include <stdbool.h>
#include <stdint.h>

#include <R.h>
#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>
#include <Rinternals.h>

uint64_t ijsberg_job_start(const uint8_t *bytes, size_t length);
int64_t ijsberg_job_wait(uint64_t number, uint32_t milliseconds);
bool ijsberg_job_take(uint64_t number, uint8_t *into, size_t length);
void ijsberg_job_stop(uint64_t number);

/* Starts what the bytes ask for; its number. */
static SEXP job_start(SEXP asked)
{
    if (TYPEOF(asked) != RAWSXP)
        error("expected bytes");
    uint64_t number = ijsberg_job_start(RAW(asked), (size_t) XLENGTH(asked));
    if (number == 0)
        error("ijsberg cannot start");
    return ScalarReal((double) number);
}

/* Waits at most so many milliseconds; the answer, or NULL while there is none. */
static SEXP job_wait(SEXP number, SEXP milliseconds)
{
    uint64_t job = (uint64_t) asReal(number);
    int64_t length = ijsberg_job_wait(job, (uint32_t) asInteger(milliseconds));
    if (length == -1)
        return R_NilValue;
    if (length < 0)
        error("ijsberg does not know of this");
    SEXP answer = PROTECT(allocVector(RAWSXP, (R_xlen_t) length));
    bool taken = ijsberg_job_take(job, RAW(answer), (size_t) length);
    UNPROTECT(1);
    if (!taken)
        error("ijsberg does not know of this");
    return answer;
}

/* Tells it to stop, and waits for nothing. */
static SEXP job_stop(SEXP number)
{
    ijsberg_job_stop((uint64_t) asReal(number));
    return R_NilValue;
}

static const R_CallMethodDef calls[] = {
    {"ijsberg_start", (DL_FUNC) &job_start, 1},
    {"ijsberg_wait", (DL_FUNC) &job_wait, 2},
    {"ijsberg_stop", (DL_FUNC) &job_stop, 1},
    {NULL, NULL, 0}
};

void attribute_visible R_init_ijsberg(DllInfo *dll)
{
    R_registerRoutines(dll, NULL, calls, NULL, NULL);
    R_useDynamicSymbols(dll, FALSE);
    R_forceSymbols(dll, TRUE);
}
