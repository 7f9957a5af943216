//! The words of runbooks in French.

use super::super::columns::Column;
use super::super::duty::Every;
use super::super::field::Field;
use super::Meaning;
use super::lexicon::Language;
use super::topic::Topic;

pub(super) const WORDS: Language = Language {
    labels: LABELS,
    weak: &[
        "vérifier", "après", "étapes", "procédure", "alerte", "alertes", "problème", "mesures", "valider", "confirmer",
        "attendu", "contrôler",
    ],
    columns: COLUMNS,
    fields: FIELDS,
    topics: TOPICS,
    often: &[
        (Every::Hourly, &["toutes les heures", "horaire*"]),
        (Every::Daily, &["quotidien*", "journalier*", "nocturne*"]),
        (Every::Weekly, &["hebdomadaire*", "hebdo"]),
        (Every::Fortnightly, &["bimensuel*", "bi mensuel"]),
        (Every::Monthly, &["mensuel*"]),
        (Every::Quarterly, &["trimestriel*"]),
        (Every::HalfYearly, &["semestriel*"]),
        (Every::Yearly, &["annuel*"]),
    ],
    each: &["chaque", "tous les", "toutes les", "une fois par", "par", "le premier"],
    units: &[
        (Every::Hourly, &["heure", "heures"]),
        (Every::Daily, &["jour", "jours", "nuit", "nuits", "matin", "matins", "soir"]),
        (
            Every::Weekly,
            &[
                "semaine", "semaines", "lundi", "lundis", "mardi", "mardis", "mercredi", "jeudi", "vendredi", "samedi",
                "dimanche",
            ],
        ),
        (Every::Monthly, &["mois"]),
        (Every::Quarterly, &["trimestre", "trimestres"]),
        (Every::HalfYearly, &["semestre", "semestres"]),
        (Every::Yearly, &["an", "ans", "année"]),
    ],
    orders: &[
        "activer", "activez", "ajouter", "ajoutez", "ajoute", "annuler", "annulez", "appeler", "appelez", "appelle",
        "appliquer", "appliquez", "arrêter", "arrêtez", "arrête", "attendre", "attendez", "augmenter", "augmentez",
        "avertir", "avertissez", "basculer", "basculez", "bloquer", "bloquez", "changer", "changez", "chercher",
        "cherchez", "communiquer", "comparer", "confirmer", "confirmez", "connecter", "connectez", "contacter",
        "contactez", "contrôler", "contrôlez", "copier", "copiez", "corriger", "corrigez", "couper", "coupez", "créer",
        "créez", "désactiver", "désactivez", "démarrer", "démarrez", "démarre", "déployer", "déployez", "déplacer",
        "documenter", "documentez", "effacer", "effacez", "envoyer", "envoyez", "exécuter", "exécutez", "fermer",
        "fermez", "forcer", "générer", "générez", "identifier", "identifiez", "informer", "informez", "installer",
        "installez", "isoler", "isolez", "lancer", "lancez", "libérer", "libérez", "lire", "lisez", "mettre", "mettez",
        "modifier", "modifiez", "nettoyer", "nettoyez", "noter", "notifier", "notifiez", "ouvrir", "ouvrez",
        "prévenir", "prévenez", "publier", "publiez", "purger", "purgez", "recharger", "rechargez", "reconstruire",
        "récupérer", "récupérez", "redémarrer", "redémarrez", "redémarre", "réduire", "réduisez", "regarder",
        "regardez", "relancer", "relancez", "remplacer", "remplacez", "renouveler", "renouvelez", "réparer", "répéter",
        "reprendre", "restaurer", "restaurez", "rétablir", "revenir", "revenez", "rouvrir", "sauvegarder",
        "sauvegardez", "supprimer", "supprimez", "surveiller", "surveillez", "tester", "testez", "tuer", "utiliser",
        "utilisez", "valider", "validez", "vérifier", "vérifiez", "vérifie", "vider", "videz", "escalader",
        "escaladez", "éditer", "éditez", "consulter", "consultez",
    ],
    closing: &[],
    asks: &[
        "vérifier", "vérifiez", "vérifie", "contrôler", "contrôlez", "regarder", "regardez", "confirmer", "confirmez",
        "identifier", "tester", "valider", "surveiller", "consulter",
    ],
    conditions: &[
        "si", "s il", "s ils", "seulement si", "uniquement si", "sinon", "en cas de", "en cas d", "lorsque", "quand",
        "à moins que", "dans le cas contraire",
    ],
    provisos: &[
        "si nécessaire", "si besoin", "si possible", "si disponible", "au besoin", "le cas échéant", "uniquement si",
        "seulement si",
    ],
    ifs: &["si", "s il", "s ils"],
    alternatives: &["ou", "ou bien", "alternativement"],
    options: &["scénario", "méthode", "variante", "alternative", "cas", "solution", "voie"],
    steps: &["étape", "phase"],
    sections: &["paragraphe", "chapitre", "procédure", "annexe", "partie"],
    expects: &["attendu", "résultat attendu", "sortie attendue", "réponse attendue"],
    shoulds: &["doit", "devrait", "doivent", "renvoie", "retourne", "doit être"],
    gotos: &[
        "aller à", "allez à", "aller au", "passer à", "passez à", "passer au", "voir", "voir aussi", "revenir à",
        "revenez à", "continuer avec", "continuez avec", "poursuivre avec", "se reporter à", "suivre", "cf",
    ],
    tales: &["ce que fait", "ce qui se passe", "ceci", "cela"],
};

const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Symptom,
        &[
            "symptôme", "symptômes", "signes", "signe", "déclencheur", "déclencheurs", "détection", "manifestation",
            "constat", "ce que l on voit", "indicateurs", "comment le détecter", "message d erreur", "problème",
        ],
    ),
    (
        Meaning::Diagnose,
        &[
            "diagnostic", "diagnostiquer", "vérifications", "investigation", "enquête", "analyse", "analyser",
            "triage initial", "premières vérifications", "contrôles", "contrôler", "évaluation", "évaluation initiale",
            "que vérifier",
        ],
    ),
    (
        Meaning::Fix,
        &[
            "résolution", "résoudre", "correctif", "correction", "corriger", "actions immédiates", "action immédiate",
            "actions à mener", "remède", "réparation", "remédiation", "rétablissement", "étapes", "procédure",
            "que faire", "marche à suivre", "atténuation", "mesures", "mesures immédiates", "contournement",
        ],
    ),
    (
        Meaning::Verify,
        &[
            "vérification", "vérifier", "valider", "confirmer", "confirmation", "après", "contrôle final",
            "comment vérifier", "validation finale",
        ],
    ),
    (
        Meaning::Rollback,
        &[
            "retour arrière", "annulation", "annuler", "restauration de la version précédente", "revenir en arrière",
            "plan de retour arrière",
        ],
    ),
    (
        Meaning::Prevent,
        &["prévention", "prévenir", "mesures préventives", "suivi", "correctif définitif", "solution définitive"],
    ),
    (
        Meaning::Remark,
        &[
            "remarque", "remarques", "impacts", "cause probable", "causes probables", "causes possibles",
            "cause racine", "contexte", "escalade", "communication externe", "voir aussi", "références", "résumé",
            "avertissement", "attention", "à savoir",
        ],
    ),
    (Meaning::Severity, &["gravité", "sévérité", "priorité", "criticité"]),
    (Meaning::Alert, &["alerte", "alertes", "nom de l alerte"]),
    (Meaning::Expected, &["sortie", "attendu", "résultat attendu", "sortie attendue", "réponse attendue", "on attend"]),
];

const COLUMNS: &[(Column, &[&str])] = &[
    (Column::Name, &["application web", "composant", "composants", "nom", "système", "brique"]),
    (Column::Unit, &["unité", "unité systemd", "service systemd"]),
    (Column::Container, &["conteneur", "conteneurs", "nom du conteneur"]),
    (Column::Process, &["processus"]),
    (Column::Manager, &["géré par", "démarré par", "gestionnaire", "lancé par"]),
    (Column::Port, &["port d écoute", "port local", "écoute sur"]),
    (Column::Host, &["serveur", "hôte", "noeud"]),
    (Column::Place, &["adresse", "emplacement", "où"]),
    (Column::Endpoint, &["domaine", "url publique", "adresse publique", "point d accès"]),
    (Column::Health, &["santé", "sonde", "contrôle de santé", "vérification de santé"]),
    (Column::EnvFile, &["fichier d environnement", "fichier env", "fichier de configuration", "paramètres"]),
    (Column::Database, &["base de données", "bases de données", "base", "bdd", "données", "stockage"]),
    (Column::DependsOn, &["dépend de", "dépendances", "requiert", "nécessite"]),
    (Column::Severity, &["gravité", "sévérité", "niveau", "priorité", "criticité"]),
    (Column::Criteria, &["critère", "critères", "définition", "signification", "quand l utiliser"]),
    (
        Column::Respond,
        &[
            "délai de réponse", "temps de réponse", "réponse", "réponse sous", "délai", "délai d intervention",
            "délai de prise en charge",
        ],
    ),
    (Column::Update, &["mises à jour", "fréquence de mise à jour", "point de situation", "fréquence de communication"]),
    (Column::Role, &["rôle", "équipe", "fonction", "poste"]),
    (Column::Person, &["personne", "qui", "responsable"]),
    (Column::Channel, &["téléphone", "courriel", "mail", "canal", "moyen de contact", "comment joindre", "portable"]),
    (Column::After, &["après", "quand", "temps écoulé", "attente", "escalade après", "escalader après"]),
    (Column::Target, &["escalader à", "escalader vers", "escalade vers"]),
    (Column::Situation, &["cas", "condition d escalade"]),
    (Column::Chain, &["escalade", "chaîne d escalade", "chaîne", "prévenir"]),
];

const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::What,
        &[
            "quoi", "élément", "données", "jeu de données", "composant", "nom", "système", "base de données",
            "bases de données", "périmètre", "contenu", "bases sauvegardées",
        ],
    ),
    (Field::How, &["comment", "méthode", "outil", "moyen", "mécanisme", "procédé"]),
    (Field::Command, &["commande", "commandes", "lancer"]),
    (Field::Where, &["où", "emplacement", "stockage", "lieu", "cible", "vers"]),
    (Field::Path, &["chemin", "fichier", "dossier", "répertoire"]),
    (
        Field::Log,
        &[
            "journal", "journaux", "emplacement des journaux", "fichier journal", "fichier de log",
            "chemin du journal", "emplacement du journal",
        ],
    ),
    (
        Field::When,
        &[
            "quand", "fréquence", "planification", "horaire", "périodicité", "intervalle", "à quelle fréquence",
            "programmation",
        ],
    ),
    (
        Field::Keep,
        &["rétention", "conservation", "durée de conservation", "durée de rétention", "conservé", "conservé pendant"],
    ),
    (Field::Task, &["tâche", "tâches", "activité", "activités", "que faire", "contrôle"]),
    (Field::Metric, &["métrique", "métriques", "indicateur", "mesure", "ressource", "alerte"]),
    (Field::Limit, &["seuil", "seuils", "limite", "seuil d alerte", "valeur limite"]),
    (Field::Warning, &["avertissement", "alerte à"]),
    (Field::Critical, &["critique", "seuil critique"]),
    (Field::State, &["état", "statut", "réponse", "résultat"]),
    (Field::Http, &["code http", "code de statut", "code de réponse"]),
    (Field::Meaning, &["signification"]),
    (Field::Address, &["adresse ip", "ip publique", "ip privée", "adresse"]),
    (Field::Host, &["serveur", "hôte", "noeud"]),
    (Field::User, &["utilisateur", "compte", "identifiant"]),
    (Field::Week, &["semaine", "semaines", "période", "date", "astreinte du"]),
    (Field::Primary, &["primaire", "titulaire", "astreinte", "premier niveau", "astreinte principale"]),
    (Field::Secondary, &["secondaire", "suppléant", "remplaçant", "deuxième niveau", "second niveau"]),
    (Field::Backup, &["sauvegarde", "sauvegardes", "sauvegardé"]),
    (
        Field::Owner,
        &["propriétaire", "responsable", "maintenu par", "équipe responsable", "équipe", "auteur", "auteurs"],
    ),
    (
        Field::Updated,
        &[
            "dernière mise à jour", "mis à jour", "mis à jour le", "mise à jour", "modifié le",
            "dernière modification", "date de mise à jour",
        ],
    ),
    (Field::Reviewed, &["relu", "relu le", "dernière relecture", "dernière revue", "revu le", "vérifié le"]),
    (
        Field::NextReview,
        &["prochaine revue", "prochaine relecture", "à revoir avant", "prochaine révision", "à relire avant"],
    ),
];

const TOPICS: &[(Topic, &[&str])] = &[
    (Topic::Promises, &["délai de réponse", "délais de réponse", "temps de réponse"]),
    (Topic::Home, &["en local", "localement", "sur votre poste", "depuis votre poste"]),
    (Topic::Causes, &["cause", "causes"]),
    (
        Topic::Reference,
        &[
            "référence rapide", "aide mémoire", "antisèche", "commandes utiles", "commandes courantes",
            "commandes fréquentes", "table des matières", "sommaire", "en bref", "mémo",
        ],
    ),
    (
        Topic::Services,
        &[
            "composants", "inventaire", "applications", "ce qui tourne", "processus", "conteneurs",
            "inventaire des services",
        ],
    ),
    (Topic::Troubled, &["extern*", "redémar*", "arrêt*", "panne*", "tiers", "échec*", "indisponib*"]),
    (
        Topic::People,
        &[
            "contacts utiles", "assistance", "fournisseurs", "liens", "escalade", "ressources", "références",
            "astreinte", "qui appeler", "prestataires", "personnes",
        ],
    ),
    (Topic::Severity, &["gravité*", "sévérité*", "priorité*", "criticité*", "niveaux d incident"]),
    (
        Topic::Cadence,
        &[
            "fréquence de mise à jour", "fréquence des mises à jour", "fréquence de communication",
            "fréquence des points",
        ],
    ),
    (Topic::Escalation, &["escalad*", "astreinte*", "qui appeler", "qui prévenir", "qui réveiller"]),
    (Topic::Rota, &["astreinte*", "tour de garde", "roulement", "permanence*", "garde"]),
    (Topic::Contacts, &["contact*"]),
    (Topic::Backup, &["sauvegard*", "dump*", "instantané*", "copie de sécurité"]),
    (Topic::Restore, &["restaur*", "récupér*", "reprise*"]),
    (Topic::Health, &["santé", "surveillance", "supervision", "disponibilité", "sonde*"]),
    (Topic::Logs, &["journaux", "journal", "logs", "traces"]),
    (
        Topic::Duties,
        &[
            "maintenance", "tâches récurrentes", "tâches régulières", "entretien", "périodique*", "calendrier",
            "responsabilités", "tâches planifiées", "tâches périodiques",
        ],
    ),
    (
        Topic::Work,
        &[
            "tâches", "tâche", "contrôles", "contrôle", "vérifications", "liste", "travaux", "activités", "revue",
            "revues", "opérations", "de", "du", "des", "les", "et",
        ],
    ),
    (
        Topic::Review,
        &[
            "post mortem", "rétrospective*", "revue d incident", "rapport d incident", "bilan",
            "compte rendu d incident", "retour d expérience",
        ],
    ),
    (Topic::Afterwards, &["après l incident", "après un incident", "suites", "leçons", "enseignements"]),
    (Topic::Template, &["modèle*", "gabarit*"]),
    (Topic::Updates, &["point de situation", "mise à jour de statut", "communication", "communications"]),
    (
        Topic::Rollback,
        &["retour arrière", "retour en arrière", "annulation", "version précédente", "revenir en arrière"],
    ),
    (Topic::Outcome, &["attendu*", "sortie", "réponse", "renvoie", "retourne", "résultat", "doit afficher"]),
];
