# Small groups, lists of one's choice and estimates from elsewhere; figures in time.
library(ijsberg)
options(ijsberg.threads = 2)
path <- system.file("extdata", "britain-2013.csv", package = "ijsberg")

refused <- function(expr, argument, class = "ijsberg_argument_error", words = "") {
  e <- tryCatch({ force(expr); NULL }, ijsberg_error = identity)
  said <- if (is.null(e)) "nothing" else conditionMessage(e)
  ok <- inherits(e, class) && identical(e$argument, argument) && grepl(words, said) && !grepl("--", said, fixed = TRUE)
  if (!ok) stop("expected ", class, " of ", argument, " with '", words, "', got ", class(e)[1L], " of ", e$argument, ": ", said)
}
table <- "ijsberg_table_error"

# Small groups take from one another.
set.seed(1)
n <- 800
sex <- sample(c("f", "m", "x"), n, TRUE, c(0.5, 0.45, 0.05))
age <- sample(16:60, n, TRUE)
draw <- function(p) rbinom(n, 1, p)
people <- data.frame(A = draw(0.5), B = draw(ifelse(sex == "f", 0.6, 0.3)), C = draw(0.2 + age / 200), sex = sex, age = age)
people <- people[rowSums(people[1:3]) > 0, ]
quick <- function(...) mse(~ A + B + C | sex, people, methods = "chao", by = "sex", replicates = 20, ...)
groups <- quick(small_groups = TRUE)$raw$covariates$small_groups$groups
parts <- vapply(groups, function(g) if (is.null(g$part$sex)) "" else g$part$sex, "")
stopifnot(c("f", "m", "x") %in% parts, is.null(quick()$raw$covariates$small_groups))

# Lists of one's choice, with chances that depend on a number.
chosen <- function(...) {
  e <- as.data.frame(mse(~ A + B + C | age, people, methods = "chao", replicates = 20, numeric = "age", ...))
  e[e$method == "doubly-robust.chosen", ]
}
straight <- chosen(identifying = c("A", "B"))
curved <- chosen(identifying = c("A", "B"), learner = "spline")
stopifnot(
  nrow(chosen()) == 0, grepl("A.B . C=0", straight$model), straight$n_hat > nrow(people), curved$n_hat > nrow(people),
  straight$n_hat != curved$n_hat
)
refused(chosen(identifying = c("A", "Q")), "identifying", words = "Q")
refused(chosen(identifying = "A"), "identifying", words = "two")
refused(chosen(identifying = c("A", "B"), learner = "forest"), "learner", words = "spline")
refused(chosen(learner = "spline"), "learner", words = "`identifying`")
refused(quick(small_groups = NA), "small_groups")

# Estimates from elsewhere.
survey <- list(name = "Survey", kind = "survey", year = 2013, estimate = 11000, lower = 9000, upper = 13500)
beside <- function(evidence) estimate(path, methods = "loglinear.best-bic", replicates = 20, evidence = evidence)
kept <- function(x) vapply(x$raw$evidence$estimates, function(e) e$name, "")
both <- data.frame(name = c("Survey", "Scale-up"), kind = c("survey", "network-scale-up"), estimate = c(11000, 9500), lower = c(9000, NA), upper = c(13500, NA))
stopifnot(
  "Survey" %in% kept(beside(list(survey))), identical(kept(beside(survey)), kept(beside(list(survey)))),
  c("Survey", "Scale-up") %in% kept(beside(both)), is.null(beside(NULL)$raw$evidence)
)
refused(beside("Survey"), "evidence", words = "list")
refused(beside(list(survey, survey[-1])), "evidence", words = "estimate 2: name is missing")
refused(beside(list(c(survey, low = 1))), "evidence", words = "there is no low")
refused(beside(list(replace(survey, "estimate", "many"))), "evidence", words = "no number")
refused(beside(list(replace(survey, "kind", "guess"))), "evidence", words = "network-scale-up")
refused(beside(list(replace(survey, "estimate", -1))), "evidence", words = "estimate 1")
refused(beside(list(survey[names(survey) != "upper"])), "evidence", words = "one limit")

# The last year before its late list is in.
by_year <- expand.grid(A = 0:1, B = 0:1, Z = 0:1, year = 2019:2022)
by_year <- by_year[rowSums(by_year[1:3]) > 0, ]
by_year$count <- c(
  281, 183, 118, 180, 122, 81, 50, 276, 178, 125, 190, 115, 77, 53, 284, 181, 121, 186, 117, 80, 48, 401, 262, 175, 2, 1, 1, 0
)
late <- function(...) nowcast(by_year, late = "Z", year = "year", ..., replicates = 20)
found <- late()
e <- as.data.frame(found)
stopifnot(
  inherits(found, "ijsberg_nowcast"), identical(e$year, c("2020", "2021", "2022")), is.na(e$final[3]), all(!is.na(e$final[1:2])),
  e$lower < e$preliminary, e$preliminary < e$upper, e$seen[3] == 838 + 2, is.logical(e$covered),
  identical(e$preliminary[3], found$raw$nowcast$preliminary), startsWith(as_json(found), "{\"schema\":1"),
  any(grepl("2022", capture.output(print(found)), fixed = TRUE)), !any(grepl("--", capture.output(print(found)), fixed = TRUE)),
  !identical(capture.output(print(late(language = "nl"))), capture.output(print(found)))
)
refused(nowcast(by_year, year = "year"), "late")
refused(nowcast(by_year, late = "Z"), "year")
refused(nowcast(by_year, late = "Q", year = "year"), "late", words = "A, B, Z")
refused(nowcast(by_year, late = "Z", year = "nothing"), "year", words = "nothing")
refused(late(window = 0), "window", words = "50")
refused(nowcast(by_year, late = "Z", year = "year", replicates = 3), "replicates", words = "20")
refused(late(level = 2), "level")
refused(late(model = "[A,X]"), "model")
refused(nowcast(by_year[by_year$year == 2022, ], late = "Z", year = "year"), "year")
refused(nowcast(by_year[by_year$Z == 0 | by_year$year == 2022, ], late = "Z", year = "year"), "table", table)

# People over several years.
from <- sample(2015:2018, 600, TRUE)
to <- pmin(from + rgeom(600, 0.5), 2018)
seen <- do.call(rbind, lapply(seq_along(from), function(i) {
  on <- expand.grid(person = paste0("p", i), list = c("K", "P", "Z"), year = from[i]:to[i])
  on[runif(nrow(on)) < 0.4, ]
}))
found <- open_population(seen, replicates = 50)
e <- as.data.frame(found)
stopifnot(
  inherits(found, "ijsberg_open"), identical(e$year, as.character(2015:2018)), nrow(found$steps) == 3,
  found$people[["estimate"]] > length(unique(seen$person)), found$person_years[["estimate"]] > found$people[["estimate"]],
  all(e$people > e$seen), all(e$people_lower < e$people_upper), all(found$steps$staying <= 1),
  any(grepl("2018", capture.output(print(found)), fixed = TRUE))
)
without <- open_population(seen, staying = "same", replicates = 0)
stopifnot(is.na(without$people[["lower"]]), all(is.na(as.data.frame(without)$people_upper)))
refused(open_population(seen, staying = "never"), "staying", words = "same")
refused(open_population(seen, replicates = 3), "replicates", words = "50")
refused(open_population(seen, level = 2), "level")
refused(open_population(seen[seen$year < 2017, ]), "table", table, "years")
refused(open_population(seen[c("list", "year")]), "table", table, "estimate")

# Counts that are not complete yet, by month and by dates.
month <- sprintf("%d-%02d", rep(2014:2015, each = 12), 1:12)
counts <- expand.grid(month = month, delay = 0:2, stringsAsFactors = FALSE)
counts$count <- c(30, 15, 5)[counts$delay + 1] + seq_len(nrow(counts)) %% 4
counts <- counts[match(counts$month, month) + counts$delay <= 24, ]
found <- delays(counts, most = 2, replicates = 100)
e <- as.data.frame(found)
stopifnot(
  inherits(found, "ijsberg_delays"), identical(e$month, month), identical(e$final, rep(c(TRUE, FALSE), c(22, 2))),
  e$registered[24] < e$expected[24], e$expected[24] <= e$upper[24], identical(found$years$year, c(2014, 2015)),
  identical(e, as.data.frame(delays(counts, most = 2, replicates = 100, language = "nl")))
)
each <- counts[rep(seq_len(nrow(counts)), counts$count), ]
day <- as.Date(paste0(each$month, "-03"))
dates <- data.frame(day = day, entered = month[match(each$month, month) + each$delay])
stopifnot(identical(as.data.frame(delays(dates, happened = "day", registered = "entered", most = 2, replicates = 100)), e))
refused(delays(dates), "happened", words = "day, entered")
refused(delays(dates, happened = "day"), "registered", words = "day, entered")
refused(delays(counts, most = 99), "most", words = "60")
refused(delays(counts, most = 23), "most", words = "24")
refused(delays(counts, most = 2, replicates = 3), "replicates", words = "100")
refused(delays(counts, since = "May"), "since", words = "2016-05")
refused(delays(counts, until = 3), "until")
refused(delays(transform(counts, count = "x")), "table", table, "line 2")

# Results survive being saved.
file <- tempfile(fileext = ".rds")
saveRDS(found, file)
stopifnot(identical(capture.output(print(readRDS(file))), capture.output(print(found))))
