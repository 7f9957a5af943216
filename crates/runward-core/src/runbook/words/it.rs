//! The words of runbooks in Italian.

use super::super::columns::Column;
use super::super::duty::Every;
use super::super::field::Field;
use super::Meaning;
use super::lexicon::Language;
use super::topic::Topic;

pub(super) const WORDS: Language = Language {
    labels: LABELS,
    weak: &[
        "controllo", "controlli", "verificare", "dopo", "passi", "procedura", "azioni", "azione", "ripristino",
        "segnale", "allarme", "atteso", "previsto", "conferma",
    ],
    columns: COLUMNS,
    fields: FIELDS,
    topics: TOPICS,
    often: &[
        (Every::Hourly, &["ogni ora", "orari*"]),
        (Every::Daily, &["giornalier*", "quotidian*", "notturn*"]),
        (Every::Weekly, &["settimanal*"]),
        (Every::Fortnightly, &["quindicinal*", "bisettimanal*"]),
        (Every::Monthly, &["mensile", "mensili", "mensilmente"]),
        (Every::Quarterly, &["trimestral*"]),
        (Every::HalfYearly, &["semestral*"]),
        (Every::Yearly, &["annuale", "annuali", "annualmente"]),
    ],
    each: &["ogni", "tutti i", "tutte le", "una volta al", "una volta alla", "una volta a", "il primo"],
    units: &[
        (Every::Hourly, &["ora", "ore"]),
        (Every::Daily, &["giorno", "giorni", "notte", "notti", "mattina"]),
        (
            Every::Weekly,
            &["settimana", "settimane", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
        ),
        (Every::Monthly, &["mese", "mesi"]),
        (Every::Quarterly, &["trimestre", "trimestri"]),
        (Every::HalfYearly, &["semestre", "semestri", "sei mesi"]),
        (Every::Yearly, &["anno", "anni"]),
    ],
    orders: &[
        "aggiornare", "aggiorna", "aggiungere", "aggiungi", "annullare", "annulla", "applicare", "applica", "aprire",
        "apri", "arrestare", "arresta", "aspettare", "aspetta", "attendere", "attendi", "attivare", "attiva",
        "aumentare", "aumenta", "avviare", "avvia", "avvisare", "avvisa", "bloccare", "blocca", "cambiare", "cambia",
        "cancellare", "cancella", "cercare", "cerca", "chiamare", "chiama", "chiudere", "chiudi", "collegarsi",
        "collegati", "comunicare", "comunica", "confermare", "conferma", "connettersi", "contattare", "contatta",
        "controllare", "controlla", "copiare", "correggere", "correggi", "creare", "crea", "disattivare", "disattiva",
        "documentare", "eliminare", "elimina", "eseguire", "esegui", "fermare", "ferma", "forzare", "generare",
        "genera", "identificare", "identifica", "informare", "informa", "inserire", "installare", "installa",
        "inviare", "invia", "lanciare", "lancia", "leggere", "liberare", "libera", "modificare", "modifica",
        "monitorare", "monitora", "mettere", "metti", "notificare", "notifica", "ottenere", "pubblicare", "pubblica",
        "pulire", "pulisci", "provare", "ricaricare", "ricarica", "ricostruire", "ridurre", "riduci", "rimuovere",
        "rimuovi", "rinnovare", "rinnova", "riparare", "ripetere", "ripeti", "riprendere", "ripristinare",
        "ripristina", "riavviare", "riavvia", "ruotare", "ruota", "salvare", "salva", "scaricare", "scalare",
        "sostituire", "sostituisci", "spegnere", "spegni", "spostare", "sposta", "svuotare", "svuota", "terminare",
        "tornare", "torna", "trovare", "usare", "usa", "validare", "verificare", "verifica",
    ],
    closing: &[],
    asks: &[
        "controllare", "controlla", "verificare", "verifica", "confermare", "conferma", "identificare", "monitorare",
        "provare", "validare", "guardare",
    ],
    conditions: &[
        "se il", "se lo", "se la", "se l", "se i", "se gli", "se le", "se non", "se è", "se un", "se una",
        "se necessario", "se ci", "solo se", "altrimenti", "in caso di", "in caso contrario", "quando", "a meno che",
        "qualora",
    ],
    provisos: &["se necessario", "se serve", "se possibile", "se disponibile", "solo se", "all occorrenza"],
    ifs: &["se il", "se lo", "se non", "se è", "se ci", "qualora"],
    alternatives: &["oppure", "o", "in alternativa", "alternativa"],
    options: &["opzione", "metodo", "variante", "alternativa", "caso", "soluzione"],
    steps: &["passo", "passaggio", "fase"],
    sections: &["sezione", "capitolo", "procedura", "allegato", "paragrafo"],
    expects: &["atteso", "previsto", "risultato atteso", "risposta attesa", "output atteso"],
    shoulds: &["deve", "dovrebbe", "devono", "restituisce", "deve essere", "deve mostrare"],
    gotos: &[
        "vai a", "vai al", "vai alla", "andare a", "andare al", "passare a", "passare al", "passa a", "passa al",
        "passa alla", "saltare a", "salta a", "continuare con", "continua con", "tornare a", "torna a", "torna al",
        "vedi", "vedere", "vedi anche", "consultare", "segui",
    ],
    tales: &["cosa fa", "cosa succede", "questo"],
};

const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Symptom,
        &[
            "sintomo", "sintomi", "segnali", "segnale", "innesco", "rilevamento", "come si presenta",
            "come si riconosce", "cosa si vede", "messaggio di errore", "indicatori",
        ],
    ),
    (
        Meaning::Diagnose,
        &[
            "diagnosi", "diagnosticare", "controlli", "controllo", "indagine", "analisi", "verifiche iniziali",
            "primi controlli", "valutazione", "valutazione iniziale", "cosa controllare", "accertamenti",
        ],
    ),
    (
        Meaning::Fix,
        &[
            "soluzione", "soluzioni", "risoluzione", "risolvere", "azioni", "azione", "azioni immediate",
            "azione immediata", "rimedio", "rimedi", "correzione", "riparazione", "ripristino", "mitigazione", "passi",
            "procedura", "cosa fare", "come risolvere", "intervento", "interventi", "contenimento",
        ],
    ),
    (
        Meaning::Verify,
        &["verifica", "verificare", "convalida", "conferma", "dopo", "controllo finale", "come verificare"],
    ),
    (
        Meaning::Rollback,
        &["annullamento", "annullare", "tornare indietro", "ritorno alla versione precedente", "piano di rientro"],
    ),
    (
        Meaning::Prevent,
        &["prevenzione", "misure preventive", "azioni successive", "soluzione definitiva", "correzione definitiva"],
    ),
    (
        Meaning::Remark,
        &[
            "nota", "impatto", "cause possibili", "possibili cause", "cause probabili", "causa probabile",
            "causa principale", "contesto", "escalation telefonica", "comunicazione", "vedi anche", "riferimenti",
            "riepilogo", "avvertenza", "importante", "attenzione",
        ],
    ),
    (Meaning::Severity, &["gravità", "priorità", "criticità"]),
    (Meaning::Alert, &["allarme", "allarmi", "nome allarme"]),
    (
        Meaning::Expected,
        &["atteso", "previsto", "risultato atteso", "output atteso", "risposta attesa", "ci si aspetta"],
    ),
];

const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "servizio", "servizi", "applicazione", "applicazioni", "componente", "componenti", "nome", "sistema",
            "modulo",
        ],
    ),
    (Column::Unit, &["unità", "unità systemd", "servizio systemd"]),
    (Column::Container, &["contenitore", "nome del container"]),
    (Column::Process, &["processo"]),
    (Column::Manager, &["gestito da", "avviato da", "gestore"]),
    (Column::Port, &["porta", "porte", "porta locale", "in ascolto su"]),
    (Column::Host, &["macchina", "nodo"]),
    (Column::Place, &["indirizzo", "posizione", "dove"]),
    (Column::Endpoint, &["dominio", "url pubblico", "indirizzo pubblico", "punto di accesso"]),
    (Column::Health, &["salute", "controllo di salute", "stato di salute"]),
    (Column::EnvFile, &["file di ambiente", "file env", "impostazioni", "configurazione", "file di configurazione"]),
    (Column::Database, &["base dati", "basi dati", "base di dati", "dati", "archiviazione"]),
    (Column::DependsOn, &["dipende da", "dipendenze", "richiede"]),
    (Column::Severity, &["gravità", "livello", "priorità", "criticità", "severità"]),
    (Column::Criteria, &["criterio", "criteri", "definizione", "descrizione", "impatto", "significato"]),
    (
        Column::Respond,
        &["tempo di risposta", "risposta", "rispondere entro", "tempi di risposta", "tempo di intervento"],
    ),
    (Column::Update, &["aggiornamenti", "frequenza aggiornamenti", "aggiornare ogni", "frequenza di aggiornamento"]),
    (Column::Role, &["ruolo", "squadra", "funzione", "mansione"]),
    (Column::Person, &["persona", "chi", "responsabile"]),
    (
        Column::Channel,
        &[
            "contatto", "contatti", "telefono", "cellulare", "canale", "come contattare", "recapito", "recapiti",
            "posta elettronica",
        ],
    ),
    (Column::After, &["dopo", "tempo trascorso", "quando", "attesa", "escalation dopo"]),
    (Column::Target, &["escalation a", "scalare a"]),
    (Column::Situation, &["situazione", "condizione"]),
    (Column::Chain, &["catena", "catena di escalation", "avvisare"]),
];

const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::What,
        &[
            "cosa", "elemento", "dati", "insieme di dati", "componente", "servizio", "sistema", "nome", "applicazione",
            "base dati", "basi dati", "ambito", "contenuto",
        ],
    ),
    (Field::How, &["metodo", "strumento", "meccanismo", "tipo di backup", "modalità"]),
    (Field::Command, &["comando", "comandi"]),
    (Field::Where, &["dove", "destinazione", "posizione", "archiviazione", "salvato in"]),
    (Field::Path, &["percorso", "cartella", "nome file"]),
    (Field::Log, &["registro", "registri", "posizione dei log", "percorso del log", "file di log"]),
    (
        Field::When,
        &["quando", "frequenza", "pianificazione", "orario", "periodicità", "intervallo", "cadenza", "programmazione"],
    ),
    (
        Field::Keep,
        &["conservazione", "ritenzione", "periodo di conservazione", "conservato per", "durata di conservazione"],
    ),
    (Field::Task, &["attività", "compito", "compiti", "azione", "controllo", "cosa fare"]),
    (Field::Metric, &["metrica", "metriche", "indicatore", "misura", "risorsa", "allarme"]),
    (Field::Limit, &["soglia", "soglie", "limite", "valore limite"]),
    (Field::Warning, &["avviso", "soglia di avviso"]),
    (Field::Critical, &["critico", "soglia critica"]),
    (Field::State, &["stato", "risposta", "risultato"]),
    (Field::Http, &["codice", "codice http", "codice di stato"]),
    (Field::Meaning, &["significato", "descrizione"]),
    (Field::Address, &["indirizzo ip", "ip pubblico", "ip privato", "indirizzo"]),
    (Field::Host, &["macchina", "nodo"]),
    (Field::User, &["utente", "nome utente"]),
    (Field::Week, &["settimana", "settimane", "turno", "periodo"]),
    (Field::Primary, &["primario", "principale", "titolare", "reperibile"]),
    (Field::Secondary, &["secondario", "sostituto", "riserva"]),
    (Field::Backup, &["copia di sicurezza", "copie di sicurezza", "copia di riserva"]),
    (Field::Owner, &["proprietario", "responsabile", "mantenuto da", "squadra responsabile", "autore"]),
    (
        Field::Updated,
        &["ultimo aggiornamento", "aggiornato", "aggiornato il", "ultima modifica", "data di aggiornamento"],
    ),
    (Field::Reviewed, &["rivisto", "ultima revisione", "rivisto il"]),
    (Field::NextReview, &["prossima revisione", "rivedere entro", "data di revisione"]),
];

const TOPICS: &[(Topic, &[&str])] = &[
    (Topic::Promises, &["tempi di risposta", "tempo di risposta"]),
    (Topic::Home, &["in locale", "localmente", "sul proprio computer"]),
    (Topic::Causes, &["causa", "cause"]),
    (
        Topic::Reference,
        &[
            "riferimento rapido", "comandi utili", "comandi rapidi", "comandi comuni", "promemoria", "guida rapida",
            "indice", "sommario",
        ],
    ),
    (
        Topic::Services,
        &[
            "servizi", "componenti", "inventario", "architettura", "applicazioni", "cosa gira", "processi",
            "contenitori",
        ],
    ),
    (Topic::Troubled, &["estern*", "riavvi*", "ferm*", "guast*", "terz*", "non raggiungibil*"]),
    (
        Topic::People,
        &[
            "contatti", "contatto", "assistenza", "fornitori", "collegamenti", "risorse", "riferimenti",
            "reperibilità", "chi chiamare", "persone",
        ],
    ),
    (Topic::Severity, &["gravità*", "priorità*", "criticità*", "livelli di incidente"]),
    (Topic::Cadence, &["frequenza degli aggiornamenti", "frequenza di aggiornamento", "frequenza delle comunicazioni"]),
    (Topic::Escalation, &["escalation", "reperibilità", "chi chiamare", "chi avvisare", "reperibil*"]),
    (Topic::Rota, &["reperibil*", "turno", "turni", "turnazione", "rotazione"]),
    (Topic::Contacts, &["contatt*", "recapit*"]),
    (Topic::Backup, &["copia di sicurezza", "copie di sicurezza", "backup*", "salvataggi*", "istantane*"]),
    (Topic::Restore, &["ripristin*", "recuper*"]),
    (Topic::Health, &["salute", "monitoraggio", "sorveglianza", "disponibilità"]),
    (Topic::Logs, &["log", "registri", "registro"]),
    (
        Topic::Duties,
        &[
            "manutenzione", "attività periodiche", "attività ricorrenti", "routine", "calendario", "responsabilità",
            "compiti", "periodic*",
        ],
    ),
    (
        Topic::Work,
        &[
            "attività", "controlli", "controllo", "verifiche", "lista", "lavori", "revisione", "revisioni",
            "operazioni", "di", "dei", "delle", "e", "compiti",
        ],
    ),
    (
        Topic::Review,
        &[
            "retrospettiv*", "post mortem", "revisione dell incidente", "rapporto sull incidente",
            "relazione sull incidente",
        ],
    ),
    (Topic::Afterwards, &["dopo l incidente", "dopo un incidente", "lezioni apprese", "seguito"]),
    (Topic::Template, &["modell*"]),
    (Topic::Updates, &["aggiornamento di stato", "comunicazione", "comunicazioni"]),
    (Topic::Rollback, &["rollback*", "annullament*", "versione precedente", "tornare indietro"]),
    (Topic::Outcome, &["attes*", "previst*", "output", "risposta", "restituisce", "risultato", "deve mostrare"]),
];
