//! Names by which columns go, in English and Dutch, folded.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Names the list.
    List,
    /// A given name, or another name under which the person is known.
    Given,
    /// A family name.
    Family,
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
}

impl Meaning {
    /// All of them, in the order in which they are looked for.
    pub const ALL: [Self; 13] = [
        Self::List,
        Self::Given,
        Self::Family,
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
    ];

    /// What a column of this name holds; the name is folded.
    pub fn of(folded: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.names().contains(&folded))
    }

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
                "lastname",
                "achternaam",
                "geslachtsnaam",
                "familienaam",
                "naam",
                "nom",
                "nachname",
                "name",
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
                "geb datum",
                "geboorte datum",
                "gebdatum",
                "geb dat",
                "geboren",
                "geboren op",
                "geboortejaar",
                "geb jaar",
                "year of birth",
                "birth year",
                "yob",
                "date de naissance",
                "geburtsdatum",
            ],
            Self::BirthMonth => &["month of birth", "birth month", "geboortemaand", "geb maand"],
            Self::BirthDay => &["day of birth", "birth day", "geboortedag", "geb dag"],
            Self::Sex => &["sex", "gender", "geslacht", "m v", "v m", "m f", "m v x", "sexe", "geschlecht"],
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
