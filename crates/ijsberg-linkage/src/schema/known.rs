//! Names by which columns go, in English and Dutch, folded.

/// Names of columns that contain only the year of birth, folded: columns of the date of birth, too.
pub(super) const BIRTH_YEARS: [&str; 13] = [
    "geboortejaar",
    "geboorte jaar",
    "geb jaar",
    "gebjaar",
    "jaar van geboorte",
    "jaar geboorte",
    "year of birth",
    "birth year",
    "birthyear",
    "yob",
    "jahrgang",
    "geburtsjahr",
    "annee de naissance",
];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Names the list.
    List,
    /// A given name, or another name under which the person is known.
    Given,
    /// A family name.
    Family,
    /// Given and family name together, as `Jansen, Anna` or `Anna Jansen`.
    Full,
    /// The words before a family name, which are not compared.
    Particle,
    /// Date of birth, or the year.
    Birth,
    /// Month of birth, where date of birth is the year.
    BirthMonth,
    /// Day of birth, likewise.
    BirthDay,
    /// Sex.
    Sex,
    /// Nationality.
    Nationality,
    /// A part of the address.
    Address,
    /// Place.
    Place,
    /// A number that only one person has.
    Identifier,
    /// By which the list itself knows the record; it is not compared.
    Record,
    /// Telephone or email, which several persons may share.
    Contact,
    /// What the schema compares in a way of its own; never known by its name.
    Own,
}

impl Meaning {
    /// All of them, in the order in which they are looked for.
    pub const ALL: [Self; 16] = [
        Self::List,
        Self::Given,
        Self::Family,
        Self::Full,
        Self::Particle,
        Self::Birth,
        Self::BirthMonth,
        Self::BirthDay,
        Self::Sex,
        Self::Nationality,
        Self::Address,
        Self::Place,
        Self::Identifier,
        Self::Record,
        Self::Contact,
        Self::Own,
    ];

    /// What a column of this name holds; the name is folded.
    pub fn from_name(folded: &str) -> Option<Self> {
        let years = |m: Self| m == Self::Birth && BIRTH_YEARS.contains(&folded);
        Self::ALL.into_iter().find(|m| m.names().contains(&folded) || years(*m))
    }

    /// The names by which it is known; a date of birth is known by [`BIRTH_YEARS`], too.
    // One function: a table, read as one.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::List => {
                &["list", "lijst", "source", "source dataset", "organisation", "organisatie", "bron"]
            }
            Self::Given => &[
                "given",
                "given name",
                "given names",
                "givenname",
                "first name",
                "first names",
                "first name s",
                "first",
                "fname",
                "f name",
                "voorn",
                "eerste voornaam",
                "given names all",
                "prenoms",
                "vornamen",
                "nombre",
                "firstname",
                "forename",
                "forenames",
                "voornaam",
                "voornamen",
                "voorna men",
                "alias",
                "roepnaam",
                "prenom",
                "vorname",
            ],
            Self::Family => &[
                "family",
                "family name",
                "familyname",
                "surname",
                "surnames",
                "last name",
                "last names",
                "lastname",
                "last",
                "lname",
                "l name",
                "achtern",
                "achternamen",
                "nom de famille",
                "apellido",
                "apellidos",
                "achternaam",
                "geslachtsnaam",
                "familienaam",
                "naam",
                "nom",
                "nachname",
                "name",
            ],
            Self::Full => &[
                "full name",
                "fullname",
                "complete name",
                "volledige naam",
                "naam volledig",
                "naam client",
                "clientnaam",
                "client name",
                "name of client",
                "naam persoon",
                "persoonsnaam",
                "person name",
                "naam slachtoffer",
                "victim name",
                "name of victim",
                "voor en achternaam",
                "achternaam voornaam",
                "voornaam achternaam",
                "achternaam en voornaam",
                "nom et prenom",
                "nom prenom",
                "vor und nachname",
            ],
            Self::Particle => &[
                "tussenvoegsel",
                "tussenvoegsels",
                "voorvoegsel",
                "voorvoegsels",
                "tussenv",
                "tv",
                "prefix",
                "name prefix",
                "surname prefix",
            ],
            Self::Birth => &[
                "birth",
                "dob",
                "date of birth",
                "birth date",
                "birthdate",
                "birthday",
                "born",
                "geboortedatum",
                "geboortedat",
                "geboorte",
                "gbd",
                "geb",
                "gebdat",
                "geboortedatum client",
                "d o b",
                "birth year month day",
                "ne le",
                "geboren am",
                "geb datum",
                "geboorte datum",
                "gebdatum",
                "geb dat",
                "geboren",
                "geboren op",
                "date de naissance",
                "geburtsdatum",
            ],
            Self::BirthMonth => &[
                "month of birth",
                "birth month",
                "birthmonth",
                "geboortemaand",
                "geboorte maand",
                "geb maand",
                "gebmaand",
                "maand van geboorte",
                "maand geboorte",
                "mois de naissance",
                "geburtsmonat",
            ],
            Self::BirthDay => &[
                "day of birth",
                "birth day",
                "geboortedag",
                "geboorte dag",
                "geb dag",
                "gebdag",
                "dag van geboorte",
                "dag geboorte",
                "jour de naissance",
            ],
            Self::Sex => &[
                "sex",
                "gender",
                "geslacht",
                "gesl",
                "gndr",
                "m v",
                "v m",
                "m f",
                "m v x",
                "sexe",
                "geschlecht",
            ],
            Self::Nationality => &[
                "nationality",
                "nationaliteit",
                "nat",
                "nation",
                "citizenship",
                "country of citizenship",
                "country of nationality",
                "nationaliteit land",
                "nationalite",
            ],
            Self::Address => &[
                "address",
                "address 1",
                "street",
                "street number",
                "postcode",
                "post code",
                "postal code",
                "zip",
                "zip code",
                "adres",
                "straat",
                "straatnaam",
                "huisnummer",
                "huisnr",
            ],
            Self::Place => &[
                "place",
                "city",
                "town",
                "town city",
                "city town",
                "plaats",
                "plaatsnaam",
                "woonplaats",
                "gemeente",
                "stad",
                "suburb",
                "residence",
                "place of residence",
                "municipality",
            ],
            Self::Identifier => &[
                "identifier",
                "id number",
                "passport",
                "passport number",
                "document number",
                "documentnummer",
                "paspoortnummer",
                "bsn",
                "v nummer",
                "vnummer",
                "v nr",
                "soc sec id",
            ],
            Self::Own => &[],
            Self::Contact => &[
                "phone",
                "phone number",
                "telephone",
                "telephone number",
                "tel",
                "tel nr",
                "telnr",
                "mobile",
                "mobile number",
                "mobiel",
                "telefoon",
                "telefoonnummer",
                "gsm",
                "email",
                "e mail",
                "mail",
                "email address",
                "e mail address",
                "e mailadres",
                "emailadres",
                "mailadres",
            ],
            Self::Record => &[
                "record",
                "record id",
                "record number",
                "rec id",
                "recordnummer",
                "id",
                "unique id",
                "case number",
                "case id",
                "case reference",
                "zaaknummer",
                "zaakkenmerk",
                "dossiernummer",
                "kenmerk",
                "client number",
                "client id",
                "clientnummer",
                "reference",
                "referentie",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_once_and_the_year_of_birth_is_a_date_of_birth() {
        let names = Meaning::ALL.into_iter().flat_map(|m| m.names().iter().map(move |name| (*name, m)));
        let all: Vec<(&str, Meaning)> = names.chain(BIRTH_YEARS.map(|name| (name, Meaning::Birth))).collect();
        assert!(all.len() > 200, "{}", all.len());
        for (at, (name, meaning)) in all.iter().enumerate() {
            assert_eq!(Meaning::from_name(name), Some(*meaning), "{name}");
            assert!(all[..at].iter().all(|other| other.0 != *name), "{name} stands twice");
        }
    }
}
