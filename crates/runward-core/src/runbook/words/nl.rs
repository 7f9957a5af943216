//! The words of runbooks in Dutch.

use super::super::columns::Column;
use super::super::duty::Every;
use super::super::field::Field;
use super::Meaning;
use super::lexicon::Language;
use super::topic::Topic;

pub(super) const WORDS: Language = Language {
    labels: LABELS,
    weak: &[
        "controleren", "daarna", "stappen", "melding", "meldingen", "herstel", "controle", "controles", "actie",
        "acties", "verwacht", "probleem", "bevestigen", "maatregel", "maatregelen",
    ],
    columns: COLUMNS,
    fields: FIELDS,
    topics: TOPICS,
    often: &[
        (Every::Hourly, &["elk uur", "uurlijks*"]),
        (Every::Daily, &["dagelijks*", "nachtelijks*"]),
        (Every::Weekly, &["wekelijks*"]),
        (Every::Fortnightly, &["tweewekelijks*"]),
        (Every::Monthly, &["maandelijks*"]),
        (Every::Quarterly, &["per kwartaal", "elk kwartaal", "driemaandelijks*"]),
        (Every::HalfYearly, &["halfjaarlijks*"]),
        (Every::Yearly, &["jaarlijks*"]),
    ],
    each: &["elke", "elk", "iedere", "ieder", "eens per", "een keer per", "eenmaal per"],
    units: &[
        (Every::Hourly, &["uur", "uren"]),
        (Every::Daily, &["dag", "dagen", "ochtend", "avond"]),
        (Every::Weekly, &["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "weken"]),
        (Every::Monthly, &["maand", "maanden"]),
        (Every::Quarterly, &["kwartaal", "kwartalen"]),
        (Every::HalfYearly, &["halfjaar", "half jaar"]),
        (Every::Yearly, &["jaar", "jaren"]),
    ],
    orders: &[
        "activeer", "bekijk", "bel", "bevestig", "bewerk", "blokkeer", "controleer", "deactiveer", "documenteer",
        "draai", "escaleer", "forceer", "ga", "gebruik", "geef", "haal", "herlaad", "herstart", "herstel", "herhaal",
        "identificeer", "informeer", "installeer", "kijk", "kopieer", "laad", "leeg", "lees", "log", "maak", "meld",
        "noteer", "onderzoek", "ontkoppel", "open", "pas", "plaats", "ruim", "schaal", "schakel", "schrijf", "sluit",
        "start", "stel", "stop", "stuur", "test", "update", "vergroot", "vernieuw", "verplaats", "vervang",
        "verwijder", "voer", "voeg", "vraag", "waarschuw", "wacht", "wijzig", "wis", "zet", "zoek", "neem",
    ],
    closing: &[
        "aanpassen", "activeren", "bekijken", "bellen", "bevestigen", "bewerken", "controleren", "documenteren",
        "doorvoeren", "escaleren", "herladen", "herstarten", "herstellen", "informeren", "installeren", "kopiëren",
        "legen", "maken", "melden", "nakijken", "opruimen", "opstarten", "stoppen", "starten", "terugdraaien",
        "terugzetten", "testen", "uitschakelen", "uitvoeren", "vergroten", "vernieuwen", "verplaatsen", "vervangen",
        "verwijderen", "waarschuwen", "wachten", "wijzigen", "wissen",
    ],
    asks: &["bekijk", "controleer", "kijk", "onderzoek", "bevestig", "test"],
    conditions: &[
        "als de", "als het", "als er", "als dat", "als dit", "als een", "als je", "als niet", "als deze", "als die",
        "alleen als", "indien", "anders", "wanneer", "tenzij", "in geval van", "mocht",
    ],
    provisos: &[
        "indien nodig", "als nodig", "zo nodig", "indien beschikbaar", "indien mogelijk", "alleen als",
        "indien van toepassing", "indien",
    ],
    ifs: &["indien", "tenzij"],
    alternatives: &["of", "ofwel", "alternatief", "in plaats daarvan"],
    options: &["optie", "methode", "variant", "manier", "geval"],
    steps: &["stap", "fase"],
    sections: &["sectie", "hoofdstuk", "paragraaf", "bijlage"],
    expects: &["verwacht", "verwachte uitvoer", "verwacht resultaat"],
    shoulds: &["moet", "moeten", "hoort", "zou moeten"],
    gotos: &[
        "ga naar", "ga terug naar", "spring naar", "ga verder met", "ga door naar", "terug naar", "zie", "zie ook",
        "volg", "raadpleeg",
    ],
    tales: &["wat het doet", "wat er gebeurt", "dit", "dat"],
};

const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Symptom,
        &[
            "symptomen", "symptoom", "verschijnselen", "kenmerken", "aanleiding", "hoe merk je het", "wat je ziet",
            "foutmelding", "detectie", "probleem",
        ],
    ),
    (
        Meaning::Diagnose,
        &[
            "controleren", "onderzoek", "onderzoeken", "eerste controles", "controles", "beoordeling", "vaststellen",
            "wat te controleren", "eerste stappen",
        ],
    ),
    (
        Meaning::Fix,
        &[
            "oplossing", "oplossingen", "oplossen", "herstel", "herstellen", "acties", "actie", "directe acties",
            "maatregelen", "maatregel", "stappen", "werkwijze", "wat te doen", "reparatie", "herstelstappen", "aanpak",
            "tijdelijke oplossing",
        ],
    ),
    (
        Meaning::Verify,
        &["verificatie", "controle", "nacontrole", "verifiëren", "bevestigen", "bevestiging", "daarna", "validatie"],
    ),
    (Meaning::Rollback, &["terugdraaien", "terugrollen", "ongedaan maken", "terug naar vorige versie", "terugvalplan"]),
    (Meaning::Prevent, &["preventie", "voorkomen", "preventieve maatregelen", "opvolging", "structurele oplossing"]),
    (
        Meaning::Remark,
        &[
            "opmerking", "opmerkingen", "gevolgen", "oorzaak", "oorzaken", "mogelijke oorzaken",
            "waarschijnlijke oorzaak", "waarschijnlijke oorzaken", "achtergrond", "escalatie", "communicatie",
            "zie ook", "verwijzingen", "samenvatting", "waarschuwing", "belangrijk", "let op",
        ],
    ),
    (Meaning::Severity, &["ernst", "prioriteit", "urgentie"]),
    (Meaning::Alert, &["melding", "meldingen", "naam van de melding"]),
    (Meaning::Expected, &["uitvoer", "verwacht", "verwachte uitvoer", "verwacht resultaat", "verwacht antwoord"]),
];

const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "dienst", "diensten", "applicatie", "applicaties", "toepassing", "onderdeel", "onderdelen", "naam",
            "systeem", "component",
        ],
    ),
    (Column::Unit, &["eenheid", "systemd eenheid", "systemd dienst"]),
    (Column::Process, &["proces"]),
    (Column::Manager, &["beheerd door", "gestart door"]),
    (Column::Port, &["poort", "poorten", "luistert op", "lokale poort"]),
    (Column::Host, &["machine", "draait op"]),
    (Column::Place, &["adres", "locatie", "waar"]),
    (Column::Endpoint, &["domein", "publieke url", "publiek adres", "openbaar adres"]),
    (Column::Health, &["gezondheid", "gezondheidscontrole", "statuscontrole"]),
    (Column::EnvFile, &["omgevingsbestand", "env bestand", "instellingen", "configuratie", "configuratiebestand"]),
    (Column::Database, &["gegevens", "gegevensbank", "opslag"]),
    (Column::DependsOn, &["hangt af van", "afhankelijkheden", "afhankelijk van", "vereist"]),
    (Column::Severity, &["ernst", "niveau", "prioriteit", "urgentie"]),
    (Column::Criteria, &["criterium", "omschrijving", "betekenis", "gevolg", "definitie", "beschrijving"]),
    (Column::Respond, &["reactietijd", "responstijd", "reactie", "reageren binnen", "antwoord binnen"]),
    (Column::Update, &["updates elke", "updatefrequentie", "terugkoppeling", "statusupdates"]),
    (Column::Role, &["rol", "functie", "verantwoordelijkheid"]),
    (Column::Person, &["persoon", "wie", "verantwoordelijke"]),
    (Column::Channel, &["telefoon", "mobiel", "kanaal", "bereikbaar via", "contactmethode", "telefoonnummer"]),
    (Column::After, &["na", "wanneer", "verstreken tijd", "wachttijd", "escaleren na"]),
    (Column::Target, &["escaleren naar", "escalatie naar"]),
    (Column::Situation, &["situatie", "geval", "voorwaarde"]),
    (Column::Chain, &["escalatie", "escalatieketen", "keten", "waarschuwen"]),
];

const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::What,
        &[
            "wat", "dataset naam", "gegevens", "onderdeel", "dienst", "naam", "systeem", "applicatie",
            "databases in backup", "omvang", "inhoud",
        ],
    ),
    (Field::How, &["hoe", "methode", "hulpmiddel", "gereedschap", "soort"]),
    (Field::Command, &["commando", "opdracht", "opdrachten"]),
    (Field::Where, &["waar", "bestemming", "locatie", "opslag", "doel", "waarheen", "opslaglocatie"]),
    (Field::Path, &["pad", "bestand", "map"]),
    (Field::Log, &["logboek", "logboeken", "logbestand", "logbestanden", "loglocatie", "logpad"]),
    (Field::When, &["wanneer", "schema", "frequentie", "hoe vaak", "planning", "tijdstip"]),
    (Field::Keep, &["bewaartermijn", "bewaren", "bewaard", "bewaarperiode", "retentie", "hoe lang"]),
    (Field::Task, &["taak", "taken", "activiteit", "activiteiten", "wat te doen", "actie", "controle"]),
    (Field::Metric, &["meetwaarde", "metriek", "maat", "meting"]),
    (Field::Limit, &["drempel", "drempelwaarde", "grens", "grenswaarde", "drempels"]),
    (Field::Warning, &["waarschuwing", "waarschuwing bij"]),
    (Field::Critical, &["kritiek", "kritiek bij"]),
    (Field::State, &["toestand", "antwoord", "resultaat"]),
    (Field::Http, &["statuscode http"]),
    (Field::Meaning, &["betekenis", "omschrijving"]),
    (Field::Address, &["ip adres", "adres"]),
    (Field::Host, &["machine"]),
    (Field::User, &["gebruiker", "gebruikersnaam"]),
    (Field::Week, &["weken", "datum", "dienst van", "periode"]),
    (Field::Primary, &["eerste wacht", "primair", "wachtdienst", "hoofdwacht"]),
    (Field::Secondary, &["reserve", "tweede wacht", "secundair", "vervanger", "achterwacht"]),
    (Field::Backup, &["reservekopie", "back up", "reservekopieën"]),
    (Field::Owner, &["eigenaar", "verantwoordelijke", "beheerd door", "onderhouden door", "beheerder", "auteur"]),
    (Field::Updated, &["laatst bijgewerkt", "bijgewerkt", "laatst gewijzigd", "bijgewerkt op", "laatste wijziging"]),
    (Field::Reviewed, &["nagekeken", "laatst nagekeken", "laatste controle", "laatst gecontroleerd"]),
    (
        Field::NextReview,
        &["volgende controle", "volgende herziening", "nakijken voor", "herzien voor", "volgende beoordeling"],
    ),
];

const TOPICS: &[(Topic, &[&str])] = &[
    (Topic::Promises, &["reactietijd", "reactietijden"]),
    (Topic::Home, &["lokaal", "op je eigen machine", "eigen laptop"]),
    (Topic::Causes, &["oorza*"]),
    (
        Topic::Reference,
        &[
            "snelle referentie", "spiekbriefje", "handige commando s", "veelgebruikte commando s",
            "overzicht van commando s", "inhoudsopgave", "in één oogopslag", "snel overzicht", "handige opdrachten",
        ],
    ),
    (
        Topic::Services,
        &[
            "diensten", "componenten", "inventaris", "architectuur", "applicaties", "wat draait waar", "processen",
            "onderdelen",
        ],
    ),
    (Topic::Troubled, &["extern*", "herstart*", "uitval*", "storing*", "derden", "stop*"]),
    (
        Topic::People,
        &[
            "contact", "contacten", "contactpersonen", "ondersteuning", "leveranciers", "links", "escalatie",
            "bronnen", "wie bellen", "piketdienst", "personen",
        ],
    ),
    (Topic::Severity, &["ernst*", "prioriteit*", "urgentie*", "incidentniveaus"]),
    (Topic::Cadence, &["updatefrequentie", "frequentie van updates", "hoe vaak updaten"]),
    (Topic::Escalation, &["escal*", "piket*", "wachtdienst*", "wie bellen", "wie waarschuwen"]),
    (Topic::Rota, &["piket*", "wachtdienst*", "rooster*", "ploeg*", "wisseling"]),
    (Topic::Contacts, &["contact*"]),
    (Topic::Backup, &["reservekopie*", "back up", "back ups", "backup*", "momentopname*"]),
    (Topic::Restore, &["terugzetten", "herstel*", "terugplaats*"]),
    (Topic::Health, &["gezondheid*", "bewaking", "monitoring", "beschikbaarheid"]),
    (Topic::Logs, &["logboek*", "logbestand*", "logs"]),
    (
        Topic::Duties,
        &[
            "onderhoud*", "routine*", "terugkerend*", "periodiek*", "kalender", "taken", "verantwoordelijkheden",
            "regelmatig*",
        ],
    ),
    (
        Topic::Work,
        &[
            "taken", "taak", "controles", "controle", "checklist", "werk", "werkzaamheden", "activiteiten",
            "onderhoud", "de", "het", "en", "van",
        ],
    ),
    (Topic::Review, &["incidentrapport*", "nabespreking*", "evaluatie*", "terugblik*"]),
    (Topic::Afterwards, &["na het incident", "na een incident", "geleerde lessen", "opvolging", "nazorg"]),
    (Topic::Template, &["sjabloon*", "sjablonen"]),
    (Topic::Updates, &["statusupdate*", "communicatie", "bericht*"]),
    (Topic::Rollback, &["terugdraai*", "terugrol*", "vorige versie"]),
    (Topic::Outcome, &["verwacht*", "uitvoer", "antwoord", "geeft", "resultaat", "moet tonen"]),
];
