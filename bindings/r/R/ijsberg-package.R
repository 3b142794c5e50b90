#' Multiple systems estimation and record linkage
#'
#' How many people are on no list? Supply a table of people by list to [mse()], and read the verdict before the number:
#'
#' \preformatted{
#' found <- mse(count ~ I + K + O + P + R + Z, data = dutch)
#' verdict(found)
#' summary(found)
#' }
#'
#' The numbers are those of the command line and of the package for Python, with the same seed to the last digit.
#'
#' @section Options:
#' \describe{
#'   \item{`ijsberg.threads`}{how many threads compute; as many as there are processors if it is not set. The numbers do not
#'     depend on it.}
#'   \item{`ijsberg.language`}{`"en"` (if it is not set) or `"nl"`: the language of what is said.}
#' }
#'
#' @section Interrupting and forking:
#' Ctrl-C returns to the prompt at once; what was computing ends in the background within seconds. No threads remain after an
#' answer, so that [parallel::mclapply()] works.
#'
#' @keywords internal
#' @useDynLib ijsberg, .registration = TRUE
#' @importFrom graphics abline axis par plot.default points rect segments
#' @importFrom grDevices adjustcolor
#' @importFrom stats nobs setNames
#' @importFrom utils read.csv
"_PACKAGE"
