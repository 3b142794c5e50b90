#' Link lists of records
#'
#' Determines who is on which list, from names, dates and places in any script. The meaning of the columns is derived from their
#' names.
#'
#' @param lists tables of records by name of the list: a named list of data frames or paths.
#' @param draws how many tables of capture histories are drawn.
#' @param seed the seed of all random numbers.
#' @param language the language of what is said, `"en"` or `"nl"`.
#' @param covariates columns of the lists that the draws keep, so that estimates are broken down by them, such as `c("sex", "form")`.
#' @param x what `link()` returned.
#' @param ... nothing else.
#' @return An object of class `ijsberg_linkage`: `linked`, a data frame that gives for each record its list, line, person and how certain
#'   that is; `draws`, a data frame of drawn capture histories; `persons`, the number of people in each draw. [mse()] and [estimate()] take
#'   it and average over the draws, so that the estimate includes the uncertainty about links.
#' @examples
#' police <- data.frame(
#'   name = c("Anna Kowalska", "Maria Ionescu", "Li Wei"), birth_date = c("1990-05-01", "1988-11-23", "1995-02-14")
#' )
#' shelter <- data.frame(
#'   name = c("Kowalska, Anna", "Fatima Haddad"), birth_date = c("1990-05-01", "2001-07-07")
#' )
#' who <- link(list(police = police, shelter = shelter), draws = 5)
#' who$linked
#' @export
link <- function(lists, draws = 20, seed = 1, language = getOption("ijsberg.language", "en"), covariates = character()) {
  call <- sys.call()
  if (is.null(language)) refuse("language", "expected \"en\" or \"nl\"", call = call)
  named <- is.list(lists) && !is.data.frame(lists) && length(lists) > 0L && !is.null(names(lists)) && all(nzchar(names(lists)))
  if (!named) refuse("lists", "expected a named list of tables, such as list(police = police, shelter = shelter)", "table", call)
  if (anyDuplicated(names(lists))) refuse("lists", "two lists have one name", "table", call)
  tables <- lapply(names(lists), function(name) list_bytes(lists[[name]], name, call))
  asked <- json_object(
    names = json_texts(names(lists)),
    covariates = json_texts(as_texts(covariates, "covariates", call)),
    draws = json_number(as_whole(draws, "draws", call, least = 1)),
    seed = json_number(as_whole(seed, "seed", call)),
    language = json_text(as_text(language, "language", call))
  )
  answer <- run("link", asked, tables, call)
  texts <- c(file = "character", list = "character", record = "character", print = "character")
  structure(
    list(
      linked = read.csv(text = answer$linked, colClasses = texts, encoding = "UTF-8"),
      # The first line says what the columns are, for readers of the file.
      draws = read.csv(text = sub("^#[^\n]*\n", "", answer$draws), check.names = FALSE, encoding = "UTF-8"),
      persons = as.double(answer$persons),
      draws_csv = answer$draws
    ),
    class = "ijsberg_linkage"
  )
}

# Records keep their columns as they are: nothing in them is a list or a count.
list_bytes <- function(table, name, call) {
  if (is.raw(table)) return(table)
  if (is.character(table) && is.null(dim(table))) return(file_bytes(table, "lists", call))
  if (!is.data.frame(table)) refuse("lists", paste0(name, ": expected a data frame or a path"), "table", call)
  csv_bytes(table, "lists", call)
}

#' @rdname link
#' @export
print.ijsberg_linkage <- function(x, ...) {
  range <- format(range(x$persons), big.mark = ",", trim = TRUE)
  cat(sprintf(
    "%s records on %d lists; %s to %s people in %d draws\n",
    format(nrow(x$linked), big.mark = ","), length(unique(x$linked$list)), range[1L], range[2L], length(x$persons)
  ))
  cat("mse() averages an estimate over the draws.\n")
  invisible(x)
}
