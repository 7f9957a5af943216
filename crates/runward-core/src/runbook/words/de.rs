//! The words of runbooks in German.

use super::super::columns::Column;
use super::super::duty::Every;
use super::super::field::Field;
use super::Meaning;
use super::lexicon::Language;
use super::topic::Topic;

pub(super) const WORDS: Language = Language {
    labels: LABELS,
    weak: &["prüfen", "danach", "schritte", "alarm", "alarme", "soll", "wiederherstellung", "kontrolle", "erwartet"],
    columns: COLUMNS,
    fields: FIELDS,
    topics: TOPICS,
    often: &[
        (Every::Hourly, &["stündlich*"]),
        (Every::Daily, &["täglich*", "nächtlich*", "arbeitstäglich*"]),
        (Every::Weekly, &["wöchentlich*"]),
        (Every::Fortnightly, &["vierzehntäglich*", "zweiwöchentlich*"]),
        (Every::Monthly, &["monatlich*"]),
        (Every::Quarterly, &["vierteljährlich*", "quartalsweise", "quartal"]),
        (Every::HalfYearly, &["halbjährlich*"]),
        (Every::Yearly, &["jährlich*"]),
    ],
    each: &[
        "jeden", "jede", "jedes", "alle", "einmal pro", "einmal im", "einmal am", "einmal die", "pro", "am ersten",
        "immer",
    ],
    units: &[
        (Every::Hourly, &["stunde", "stunden"]),
        (Every::Daily, &["tag", "tage", "tagen", "nacht", "werktag", "morgen"]),
        (
            Every::Weekly,
            &[
                "woche", "wochen", "montag", "montags", "dienstag", "dienstags", "mittwoch", "mittwochs", "donnerstag",
                "donnerstags", "freitag", "freitags", "samstag", "samstags", "sonntag", "sonntags",
            ],
        ),
        (Every::Monthly, &["monat", "monate", "monaten"]),
        (Every::Quarterly, &["quartal", "vierteljahr"]),
        (Every::HalfYearly, &["halbjahr"]),
        (Every::Yearly, &["jahr", "jahre", "jahren"]),
    ],
    orders: &[
        "aktiviere", "aktivieren sie", "ändere", "ändern sie", "benachrichtige", "benachrichtigen sie", "beende",
        "beenden sie", "bestätige", "bestätigen sie", "bearbeite", "erhöhe", "erhöhen sie", "ersetze", "erstelle",
        "erstellen sie", "führe", "führen sie", "gehe", "gehen sie", "gib", "informiere", "informieren sie",
        "installiere", "kontaktiere", "kontaktieren sie", "kopiere", "kopieren sie", "lade", "laden sie", "lass",
        "lies", "lösche", "löschen sie", "melde", "melden sie", "notiere", "öffne", "öffnen sie", "prüfe",
        "prüfen sie", "rufe", "ruf", "rufen sie", "schalte", "schalten sie", "schau", "schicke", "setze", "setzen sie",
        "sichere", "sichern sie", "sieh", "spiele", "spielen sie", "starte", "starten sie", "stelle", "stellen sie",
        "stoppe", "stoppen sie", "suche", "teste", "testen sie", "trage", "überprüfe", "überprüfen sie", "verbinde",
        "verbinden sie", "verschiebe", "verständige", "warte", "warten sie", "wechsle", "wechsel", "wechseln sie",
        "wiederhole", "öffne", "zeige", "finde", "beobachte", "behebe", "deaktiviere", "dokumentiere", "eskaliere",
        "räume",
    ],
    closing: &[
        "aktivieren", "aktualisieren", "ändern", "anhalten", "anlegen", "anpassen", "anrufen", "ansehen", "aufräumen",
        "ausführen", "auslösen", "ausschalten", "beenden", "beheben", "benachrichtigen", "beobachten", "bestätigen",
        "deaktivieren", "dokumentieren", "drehen", "einschalten", "einspielen", "entfernen", "erhöhen", "erneuern",
        "ersetzen", "erstellen", "eskalieren", "freigeben", "hochfahren", "identifizieren", "informieren",
        "installieren", "kontaktieren", "kopieren", "korrigieren", "laden", "leeren", "löschen", "melden",
        "neustarten", "notieren", "öffnen", "prüfen", "pullen", "rufen", "schließen", "sichern", "sperren", "starten",
        "stoppen", "suchen", "tauschen", "testen", "trennen", "überprüfen", "umschalten", "verbinden", "vergrößern",
        "verifizieren", "verschieben", "verständigen", "warten", "wechseln", "wiederherstellen", "wiederholen",
        "zurückrollen", "zurücksetzen", "zurückspielen", "schreiben", "senden", "schicken", "holen", "setzen",
        "abwarten", "verwenden", "konfigurieren", "abschalten", "umbenennen", "tun", "durchführen",
    ],
    asks: &["prüfe", "prüfen", "schau", "sieh", "überprüfe", "teste", "bestätige", "kontrolliere"],
    conditions: &[
        "wenn", "falls", "sofern", "bei", "nur wenn", "nur falls", "andernfalls", "ansonsten", "sonst", "bei bedarf",
        "im fall", "außer",
    ],
    provisos: &[
        "falls nötig", "wenn nötig", "bei bedarf", "falls erforderlich", "wenn erforderlich", "falls vorhanden",
        "nur wenn", "nur falls", "falls",
    ],
    ifs: &["wenn", "falls", "sofern"],
    alternatives: &["oder", "alternativ", "alternative dazu", "ersatzweise"],
    options: &["möglichkeit", "szenario", "methode", "weg", "fall"],
    steps: &["schritt"],
    sections: &["abschnitt", "kapitel", "prozedur", "anhang", "anleitung", "punkt"],
    expects: &["erwartet", "erwartete ausgabe", "erwartetes ergebnis"],
    shoulds: &["sollte", "soll", "muss", "sollten"],
    gotos: &[
        "weiter mit", "weiter bei", "weiter zu", "gehe zu", "gehen sie zu", "springe zu", "zurück zu", "siehe",
        "siehe auch", "vgl", "fortfahren mit",
    ],
    tales: &["was passiert", "dies"],
};

const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Symptom,
        &[
            "symptome", "anzeichen", "auslöser", "erkennung", "woran erkennt man es", "woran man es erkennt",
            "fehlerbild", "störungsbild", "beobachtung", "merkmale", "fehlermeldung",
        ],
    ),
    (
        Meaning::Diagnose,
        &[
            "diagnose", "diagnostik", "prüfen", "prüfung", "prüfungen", "analyse", "untersuchung", "untersuchen",
            "erste prüfung", "erste schritte", "fehlersuche", "eingrenzung", "ersteinschätzung", "zuerst prüfen",
        ],
    ),
    (
        Meaning::Fix,
        &[
            "lösung", "lösungen", "behebung", "beheben", "fehlerbehebung", "maßnahme", "maßnahmen", "sofortmaßnahmen",
            "sofortmaßnahme", "lösungsschritte", "schritte", "vorgehen", "vorgehensweise", "abhilfe", "reparatur",
            "wiederherstellung", "was tun", "was zu tun ist", "gegenmaßnahmen", "entstörung", "ursachen und lösungen",
        ],
    ),
    (
        Meaning::Verify,
        &[
            "überprüfung", "verifikation", "verifizierung", "verifizieren", "kontrolle", "erfolgskontrolle",
            "nachprüfung", "danach", "bestätigung", "erfolg prüfen",
        ],
    ),
    (
        Meaning::Rollback,
        &["zurückrollen", "rückgängig machen", "rücknahme", "zurücksetzen", "rückfallplan", "zurück zur vorversion"],
    ),
    (Meaning::Prevent, &["prävention", "vorbeugung", "vorbeugende maßnahmen", "nachbereitung", "dauerhafte lösung"]),
    (
        Meaning::Remark,
        &[
            "hinweis", "hinweise", "auswirkung", "auswirkungen", "ursache", "ursachen", "mögliche ursachen",
            "häufige ursachen", "wahrscheinliche ursache", "wahrscheinliche ursachen", "hintergrund", "kontext",
            "eskalation", "kommunikation", "verwandt", "siehe auch", "verweise", "übersicht", "zusammenfassung",
            "warnung", "wichtig", "achtung", "anmerkung", "zweck", "checkliste",
        ],
    ),
    (Meaning::Severity, &["schweregrad", "dringlichkeit", "priorität", "schwere"]),
    (Meaning::Alert, &["alarm", "alarmname", "alarme"]),
    (
        Meaning::Expected,
        &["ausgabe", "erwartet", "erwartete ausgabe", "erwartetes ergebnis", "erwartete antwort", "soll"],
    ),
];

const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "dienst", "dienste", "anwendung", "anwendungen", "komponente", "komponenten", "bezeichnung", "baustein",
            "teil",
        ],
    ),
    (Column::Unit, &["systemd unit name", "systemd dienst", "einheit"]),
    (Column::Process, &["prozess"]),
    (Column::Manager, &["gestartet von", "verwaltet von", "läuft unter"]),
    (Column::Host, &["rechner", "maschine", "läuft auf", "knoten"]),
    (Column::Place, &["adresse", "ort", "lauscht auf"]),
    (Column::Endpoint, &["öffentliche adresse", "öffentliche url"]),
    (Column::Health, &["gesundheit", "zustandsprüfung", "gesundheitsprüfung"]),
    (Column::EnvFile, &["umgebungsdatei", "einstellungen", "konfiguration", "konfigurationsdatei", "env datei"]),
    (Column::Database, &["datenbank", "datenbanken", "daten", "datenhaltung"]),
    (Column::DependsOn, &["hängt ab von", "abhängigkeiten", "braucht", "benötigt", "abhängig von"]),
    (Column::Severity, &["schweregrad", "stufe", "priorität", "dringlichkeit", "schwere"]),
    (Column::Criteria, &["kriterium", "kriterien", "beschreibung", "bedeutung", "auswirkung", "wann es gilt"]),
    (Column::Respond, &["reaktionszeit", "antwortzeit", "reaktion", "reagieren binnen", "reaktion binnen"]),
    (
        Column::Update,
        &["aktualisierung", "aktualisierungen", "meldung alle", "update alle", "statusmeldungen", "zwischenstand"],
    ),
    (Column::Role, &["rolle", "funktion", "aufgabe", "zuständigkeit"]),
    (Column::Person, &["wer", "verantwortlich", "zuständig", "ansprechpartner"]),
    (
        Column::Channel,
        &[
            "kontakt", "kontakte", "telefon", "e mail adresse", "mobil", "erreichbar über", "erreichbarkeit", "kanal",
            "handy",
        ],
    ),
    (Column::After, &["nach", "wann", "verstrichene zeit", "wartezeit", "eskalieren nach"]),
    (Column::Target, &["eskalieren an", "eskalation an"]),
    (Column::Situation, &["lage", "fall", "bedingung"]),
    (Column::Chain, &["eskalation", "eskalationskette", "kette", "benachrichtigen"]),
];

const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::What,
        &[
            "was", "gegenstand", "datenbestand", "komponente", "dienst", "bezeichnung", "anwendung", "datenbank",
            "datenbanken", "umfang", "inhalt", "gesicherte datenbanken",
        ],
    ),
    (Field::How, &["wie", "methode", "werkzeug", "skript", "art", "verfahren"]),
    (Field::Command, &["befehl", "befehle", "kommando", "aufruf"]),
    (Field::Where, &["wo", "ziel", "ort", "ablage", "speicherort", "ablageort", "zielort", "wohin"]),
    (Field::Path, &["pfad", "datei", "ordner", "verzeichnis"]),
    (
        Field::Log,
        &[
            "protokoll", "protokolle", "logdatei", "logdateien", "logpfad", "protokolldatei", "log datei", "log ort",
            "speicherort des logs",
        ],
    ),
    (Field::When, &["wann", "zeitplan", "häufigkeit", "turnus", "intervall", "rhythmus", "zeitpunkt", "wie oft"]),
    (
        Field::Keep,
        &["aufbewahrung", "aufbewahrungsdauer", "aufbewahrungsfrist", "vorhaltezeit", "aufgehoben", "wie lange"],
    ),
    (Field::Task, &["aufgabe", "aufgaben", "tätigkeit", "tätigkeiten", "was tun", "prüfung"]),
    (Field::Metric, &["messwert", "kennzahl", "metrik", "kenngröße", "messgröße", "alarm"]),
    (Field::Limit, &["schwelle", "schwellwert", "schwellenwert", "grenze", "grenzwert", "schwellwerte", "grenzwerte"]),
    (Field::Warning, &["warnung", "warnschwelle", "warnung ab"]),
    (Field::Critical, &["kritisch", "kritisch ab"]),
    (Field::State, &["zustand", "antwort", "ergebnis"]),
    (Field::Http, &["statuscode", "http statuscode", "http code"]),
    (Field::Meaning, &["bedeutung", "beschreibung"]),
    (Field::Address, &["ip adresse", "adresse"]),
    (Field::Host, &["rechner", "maschine", "knoten"]),
    (Field::User, &["benutzer", "benutzername", "nutzer", "anmeldung"]),
    (Field::Week, &["woche", "wochen", "kw", "kalenderwoche", "zeitraum", "schicht", "datum", "von"]),
    (Field::Primary, &["erste bereitschaft", "primär", "bereitschaft", "hauptbereitschaft", "erstkontakt"]),
    (Field::Secondary, &["vertretung", "zweite bereitschaft", "sekundär", "stellvertretung", "ersatz"]),
    (Field::Backup, &["sicherung", "sicherungen", "datensicherung", "gesichert"]),
    (
        Field::Owner,
        &[
            "verantwortlich", "verantwortliche", "verantwortlicher", "zuständig", "eigentümer", "gepflegt von",
            "betreut von", "autor",
        ],
    ),
    (
        Field::Updated,
        &[
            "zuletzt aktualisiert", "letzte aktualisierung", "aktualisiert", "stand", "geändert", "letzte änderung",
            "aktualisiert am", "zuletzt geändert",
        ],
    ),
    (
        Field::Reviewed,
        &["geprüft", "zuletzt geprüft", "letzte prüfung", "überprüft", "geprüft am", "letzte überprüfung"],
    ),
    (
        Field::NextReview,
        &["nächste prüfung", "nächste überprüfung", "prüfen bis", "nächste durchsicht", "zu prüfen bis", "gültig bis"],
    ),
];

const TOPICS: &[(Topic, &[&str])] = &[
    (Topic::Promises, &["reaktionszeit", "reaktionszeiten"]),
    (Topic::Home, &["lokal", "auf dem eigenen rechner", "am arbeitsplatz", "am eigenen rechner", "auf deinem rechner"]),
    (Topic::Causes, &["ursache*"]),
    (
        Topic::Reference,
        &[
            "kurzreferenz", "schnellreferenz", "spickzettel", "nützliche befehle", "wichtige befehle",
            "häufige befehle", "auf einen blick", "inhaltsverzeichnis", "kurzübersicht", "befehlsübersicht",
            "schnellzugriff",
        ],
    ),
    (
        Topic::Services,
        &[
            "dienste", "komponenten", "inventar", "architektur", "anwendungen", "was läuft", "was läuft wo", "bestand",
            "prozesse", "dienstverzeichnis", "dienstübersicht", "systemübersicht",
        ],
    ),
    (Topic::Troubled, &["extern*", "neustart*", "ausgefallen", "ausfall*", "stopp*", "dritte*", "fremd*"]),
    (
        Topic::People,
        &[
            "kontakt", "kontakte", "ansprechpartner", "lieferanten", "dienstleister", "links", "verweise",
            "eskalation", "bereitschaft", "wen anrufen", "dokumentation", "personen", "unterstützung",
        ],
    ),
    (
        Topic::Severity,
        &["schweregrad*", "priorität*", "dringlichkeit*", "schwere*", "störungsklassen", "störungsstufen"],
    ),
    (
        Topic::Cadence,
        &["meldeintervall", "aktualisierungsintervall", "takt der meldungen", "wie oft gemeldet wird", "meldetakt"],
    ),
    (
        Topic::Escalation,
        &["eskal*", "bereitschaft*", "rufbereitschaft*", "wen anrufen", "wer wird gerufen", "wen rufen"],
    ),
    (Topic::Rota, &["bereitschaft*", "rufbereitschaft*", "schicht*", "dienstplan*", "wechsel", "turnus"]),
    (Topic::Contacts, &["kontakt*", "ansprechpartner*"]),
    (Topic::Backup, &["*sicherung", "*sicherungen", "sicherung*", "datensicherung*", "backup*", "abzug", "abbild*"]),
    (Topic::Restore, &["wiederherstell*", "rücksicher*", "zurückspiel*", "einspiel*"]),
    (Topic::Health, &["gesundheit*", "überwach*", "zustandsprüfung*", "verfügbarkeit"]),
    (Topic::Logs, &["protokoll*", "logdatei*", "logs", "logs*"]),
    (
        Topic::Duties,
        &[
            "wartung*", "pflege*", "routine*", "regelmäßig*", "wiederkehrend*", "aufgabenplan", "wartungsplan",
            "pflichten", "kalender", "turnusmäßig*",
        ],
    ),
    (
        Topic::Work,
        &[
            "aufgaben", "aufgabe", "prüfungen", "prüfung", "kontrollen", "kontrolle", "checkliste", "arbeiten",
            "tätigkeiten", "wartung", "die", "der", "das", "und",
        ],
    ),
    (
        Topic::Review,
        &[
            "nachbetrachtung*", "vorfallbericht*", "störungsbericht*", "nachbesprechung*", "störungsanalyse*",
            "rückblick",
        ],
    ),
    (
        Topic::Afterwards,
        &[
            "nach dem vorfall", "nach einem vorfall", "danach", "nach der störung", "lehren", "nachbereitung",
            "nacharbeit*",
        ],
    ),
    (Topic::Template, &["vorlage*", "*vorlage", "*vorlagen", "muster"]),
    (Topic::Updates, &["statusmeldung*", "kommunikation", "mitteilung*", "zwischenstand"]),
    (Topic::Rollback, &["rücknahme", "zurückroll*", "rückfall*", "zurücksetz*", "vorversion"]),
    (Topic::Outcome, &["erwartet*", "ausgabe", "antwort", "liefert", "sollte", "ergebnis"]),
];
