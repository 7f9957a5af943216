//! The words of runbooks in Spanish.

use super::super::columns::Column;
use super::super::duty::Every;
use super::super::field::Field;
use super::Meaning;
use super::lexicon::Language;
use super::topic::Topic;

pub(super) const WORDS: Language = Language {
    labels: LABELS,
    weak: &[
        "comprobar", "revisar", "confirmar", "después", "respuesta", "pasos", "procedimiento", "recuperación",
        "problema", "acción", "acciones", "alerta", "alertas", "esperado",
    ],
    columns: COLUMNS,
    fields: FIELDS,
    topics: TOPICS,
    often: &[
        (Every::Hourly, &["cada hora"]),
        (Every::Daily, &["diari*", "a diario", "nocturn*"]),
        (Every::Weekly, &["semanal*"]),
        (Every::Fortnightly, &["quincenal*"]),
        (Every::Monthly, &["mensual*"]),
        (Every::Quarterly, &["trimestral*"]),
        (Every::HalfYearly, &["semestral*"]),
        (Every::Yearly, &["anual", "anuales", "anualmente"]),
    ],
    each: &["cada", "todos los", "todas las", "una vez al", "una vez a la", "una vez por", "el primer", "los"],
    units: &[
        (Every::Hourly, &["hora", "horas"]),
        (Every::Daily, &["día", "días", "noche", "noches", "mañana", "mañanas"]),
        (
            Every::Weekly,
            &[
                "semana", "semanas", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "sábados",
                "domingo", "domingos",
            ],
        ),
        (Every::Fortnightly, &["quincena"]),
        (Every::Monthly, &["mes", "meses"]),
        (Every::Quarterly, &["trimestre", "trimestres"]),
        (Every::HalfYearly, &["semestre", "semestres", "seis meses"]),
        (Every::Yearly, &["año", "años"]),
    ],
    orders: &[
        "abrir", "abra", "abre", "actualizar", "actualice", "actualiza", "activar", "active", "activa", "añadir",
        "añada", "añade", "aplicar", "aplique", "arrancar", "arranque", "arranca", "aumentar", "aumente", "avisar",
        "avise", "avisa", "bloquear", "bloquee", "borrar", "borre", "borra", "buscar", "busque", "busca", "cambiar",
        "cambie", "cerrar", "cierre", "comprobar", "compruebe", "comprueba", "comunicar", "comunique", "conectar",
        "conecte", "conéctese", "conéctate", "confirmar", "confirme", "confirma", "contactar", "contacte", "contacta",
        "copiar", "copie", "corregir", "corrija", "crear", "cree", "crea", "desactivar", "desactive", "desactiva",
        "desplegar", "despliegue", "detener", "detenga", "detén", "documentar", "documente", "editar", "edite",
        "edita", "ejecutar", "ejecute", "ejecuta", "eliminar", "elimine", "elimina", "enviar", "envíe", "escalar",
        "escale", "esperar", "espere", "espera", "forzar", "generar", "genere", "guardar", "guarde", "identificar",
        "identifique", "identifica", "iniciar", "inicie", "inicia", "instalar", "instale", "investigar", "investigue",
        "ir", "levantar", "levante", "liberar", "libere", "limpiar", "limpie", "limpia", "llamar", "llame", "llama",
        "localizar", "localice", "matar", "mirar", "mire", "mira", "monitorizar", "mover", "mueva", "mueve",
        "notificar", "notifique", "notifica", "parar", "pare", "pausar", "poner", "ponga", "probar", "pruebe",
        "publicar", "publique", "quitar", "quite", "reanudar", "recargar", "recargue", "recarga", "reconstruir",
        "reducir", "reemplazar", "reemplace", "regenerar", "registrar", "registre", "reiniciar", "reinicie",
        "reinicia", "renovar", "renueve", "renueva", "reparar", "repetir", "repita", "restaurar", "restaure",
        "restaura", "revertir", "revierta", "revierte", "revisar", "revise", "revisa", "revocar", "rotar", "rote",
        "rota", "seguir", "seleccionar", "subir", "suba", "sustituir", "terminar", "usar", "use", "usa", "vaciar",
        "vacíe", "validar", "valide", "valida", "verificar", "verifique", "verifica", "volver", "vuelva",
    ],
    closing: &[],
    asks: &[
        "comprobar", "compruebe", "comprueba", "revisar", "revise", "revisa", "verificar", "verifique", "verifica",
        "confirmar", "confirme", "confirma", "mirar", "mire", "mira", "identificar", "investigar", "validar", "ver",
        "monitorizar",
    ],
    conditions: &[
        "si", "solo si", "sólo si", "en caso de", "en caso contrario", "de lo contrario", "si no", "cuando",
        "a menos que",
    ],
    provisos: &[
        "si es necesario", "si hace falta", "si procede", "solo si", "sólo si", "si está disponible",
        "en caso necesario", "si fuera necesario",
    ],
    ifs: &["si"],
    alternatives: &["o", "o bien", "alternativa", "alternativamente"],
    options: &["opción", "escenario", "método", "variante", "alternativa", "caso", "vía"],
    steps: &["paso", "fase", "etapa"],
    sections: &["sección", "apartado", "capítulo", "procedimiento", "anexo"],
    expects: &["esperado", "se espera", "salida esperada", "resultado esperado", "respuesta esperada"],
    shoulds: &["debe", "debería", "deben", "devuelve", "debe ser", "debería ser", "debe devolver", "debe mostrar"],
    gotos: &[
        "ir a", "ir al", "vaya a", "vaya al", "ve a", "ve al", "saltar a", "saltar al", "salte a", "salte al",
        "pasar a", "pasar al", "pase a", "pase al", "continuar con", "continuar en", "continúe con", "continúe en",
        "volver a", "volver al", "vuelva a", "vuelva al", "ver", "véase", "consulte", "consultar", "siga",
    ],
    tales: &["qué hace", "qué ocurre", "esto"],
};

const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Symptom,
        &[
            "síntoma", "síntomas", "señales", "indicios", "disparador", "detección", "cuándo ocurre",
            "cómo se detecta", "qué se ve", "problema", "se observa", "indicadores",
        ],
    ),
    (
        Meaning::Diagnose,
        &[
            "diagnóstico", "diagnosticar", "comprobaciones", "comprobación", "comprobar", "investigación",
            "investigar", "análisis", "revisar", "evaluación", "evaluación inicial", "triaje",
            "primeras comprobaciones", "qué comprobar", "qué revisar", "diagnóstico inicial",
        ],
    ),
    (
        Meaning::Fix,
        &[
            "solución", "soluciones", "resolución", "resolver", "acciones", "acción", "acciones inmediatas",
            "mitigación", "mitigar", "remediación", "corrección", "arreglo", "reparación", "recuperación", "pasos",
            "pasos a seguir", "procedimiento", "qué hacer", "cómo resolverlo", "cómo arreglarlo", "respuesta",
            "respuesta inmediata", "medidas",
        ],
    ),
    (
        Meaning::Verify,
        &[
            "verificación", "verificar", "validación", "validar", "confirmar", "confirmación",
            "comprobar el resultado", "después", "cómo verificar",
        ],
    ),
    (
        Meaning::Rollback,
        &["reversión", "revertir", "vuelta atrás", "marcha atrás", "deshacer", "plan de reversión", "volver atrás"],
    ),
    (
        Meaning::Prevent,
        &["prevención", "prevenir", "medidas preventivas", "seguimiento", "solución permanente", "solución definitiva"],
    ),
    (
        Meaning::Remark,
        &[
            "nota", "notas", "impacto", "causa", "causas", "causas posibles", "posibles causas", "causas probables",
            "causa raíz", "causa probable", "contexto", "escalado", "escalamiento", "comunicación", "relacionado",
            "referencias", "resumen", "advertencia", "importante", "aviso", "lista de verificación",
        ],
    ),
    (Meaning::Severity, &["severidad", "gravedad", "prioridad"]),
    (Meaning::Alert, &["alerta", "alertas", "nombre de la alerta"]),
    (
        Meaning::Expected,
        &["salida", "esperado", "resultado esperado", "salida esperada", "respuesta esperada", "se espera"],
    ),
];

const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "servicio", "servicios", "aplicación", "aplicaciones", "componente", "componentes", "nombre", "sistema",
            "módulo", "pieza",
        ],
    ),
    (Column::Unit, &["unidad", "unidad systemd", "unidad de systemd", "servicio systemd"]),
    (Column::Container, &["contenedor", "contenedores", "nombre del contenedor"]),
    (Column::Process, &["proceso"]),
    (Column::Manager, &["gestionado por", "arrancado por", "gestor"]),
    (Column::Port, &["puerto", "puertos", "escucha en", "puerto local", "escucha"]),
    (Column::Host, &["servidor", "servidores", "máquina", "nodo", "equipo host", "anfitrión"]),
    (Column::Place, &["dirección", "ubicación", "dónde"]),
    (Column::Endpoint, &["dominio", "url pública", "dirección pública", "punto de acceso"]),
    (Column::Health, &["salud", "comprobación de salud", "estado de salud", "chequeo"]),
    (
        Column::EnvFile,
        &[
            "archivo de entorno", "fichero de entorno", "archivo env", "fichero env", "configuración",
            "archivo de configuración", "variables",
        ],
    ),
    (Column::Database, &["base de datos", "bases de datos", "bd", "bbdd", "datos", "almacenamiento"]),
    (Column::DependsOn, &["depende de", "dependencias", "requiere", "necesita"]),
    (Column::Severity, &["severidad", "gravedad", "nivel", "prioridad", "nivel de severidad"]),
    (
        Column::Criteria,
        &["criterio", "criterios", "definición", "descripción", "impacto", "significado", "cuándo aplica"],
    ),
    (Column::Respond, &["tiempo de respuesta", "respuesta", "responder en", "plazo de respuesta", "tiempo máximo"]),
    (Column::Update, &["actualizaciones", "frecuencia de actualización", "actualizar cada", "comunicación"]),
    (Column::Role, &["rol", "equipo", "función", "cargo", "puesto"]),
    (Column::Person, &["persona", "quién", "responsable"]),
    (
        Column::Channel,
        &[
            "contacto", "contactos", "teléfono", "correo", "correo electrónico", "móvil", "canal", "cómo contactar",
            "forma de contacto",
        ],
    ),
    (
        Column::After,
        &["tras", "después de", "tiempo transcurrido", "cuándo", "esperar", "escalar tras", "escalar después de"],
    ),
    (Column::Target, &["escalar a", "escala a"]),
    (Column::Situation, &["situación", "escenario", "condición"]),
    (Column::Chain, &["escalado", "escalamiento", "cadena", "cadena de escalado", "avisar a"]),
];

const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::What,
        &[
            "qué", "elemento", "dato", "conjunto de datos", "componente", "servicio", "sistema", "nombre",
            "aplicación", "base de datos", "bases de datos", "alcance", "contenido", "bases respaldadas",
        ],
    ),
    (Field::How, &["cómo", "método", "herramienta", "guion", "tipo", "mecanismo"]),
    (Field::Command, &["comando", "comandos", "orden", "mandato"]),
    (Field::Where, &["dónde", "destino", "ubicación", "almacenamiento", "se guarda en", "lugar"]),
    (Field::Path, &["ruta", "archivo", "fichero", "carpeta", "directorio"]),
    (
        Field::Log,
        &["registro", "registros", "bitácora", "ubicación de logs", "ruta del log", "archivo de log", "fichero de log"],
    ),
    (
        Field::When,
        &[
            "cuándo", "frecuencia", "programación", "horario", "periodicidad", "intervalo", "cada cuánto",
            "planificación",
        ],
    ),
    (
        Field::Keep,
        &[
            "retención", "conservación", "se conserva", "se guarda", "período de retención", "periodo de retención",
            "tiempo de retención",
        ],
    ),
    (Field::Task, &["tarea", "tareas", "actividad", "acción", "comprobación", "qué hacer", "deber"]),
    (Field::Metric, &["métrica", "métricas", "indicador", "medida", "recurso", "alerta", "parámetro"]),
    (Field::Limit, &["umbral", "umbrales", "límite", "valor límite", "máximo"]),
    (Field::Warning, &["aviso", "advertencia"]),
    (Field::Critical, &["crítico", "umbral crítico"]),
    (Field::State, &["estado", "respuesta", "resultado"]),
    (Field::Http, &["código", "código http", "código de estado"]),
    (Field::Meaning, &["significado", "descripción"]),
    (Field::Address, &["ip pública", "ip privada", "dirección ip", "dirección"]),
    (Field::Host, &["servidor", "máquina", "nodo", "equipo host", "anfitrión"]),
    (Field::User, &["usuario", "cuenta"]),
    (Field::Week, &["semana", "semanas", "turno", "fecha", "fechas", "período", "periodo"]),
    (Field::Primary, &["primario", "principal", "titular", "guardia", "de guardia"]),
    (Field::Secondary, &["secundario", "suplente", "segundo", "reserva"]),
    (Field::Backup, &["copia de seguridad", "copias de seguridad", "respaldo", "respaldos", "copia"]),
    (
        Field::Owner,
        &[
            "propietario", "propietaria", "responsable", "mantenido por", "equipo responsable", "dueño", "equipo",
            "autor", "autora",
        ],
    ),
    (
        Field::Updated,
        &[
            "última actualización", "actualizado", "actualizado el", "última modificación", "fecha de actualización",
            "modificado",
        ],
    ),
    (Field::Reviewed, &["revisado", "última revisión", "revisado el", "revisada"]),
    (Field::NextReview, &["próxima revisión", "siguiente revisión", "revisar antes de", "fecha de revisión"]),
];

const TOPICS: &[(Topic, &[&str])] = &[
    (Topic::Promises, &["tiempo de respuesta", "tiempos de respuesta"]),
    (Topic::Home, &["en local", "localmente", "en su equipo", "en tu equipo", "desde tu equipo"]),
    (Topic::Causes, &["causa", "causas"]),
    (
        Topic::Reference,
        &[
            "referencia rápida", "comandos útiles", "comandos rápidos", "chuleta", "comandos habituales",
            "comandos frecuentes", "guía rápida", "comandos clave", "tabla de contenidos", "índice",
        ],
    ),
    (
        Topic::Services,
        &[
            "servicios", "componentes", "inventario", "arquitectura", "aplicaciones", "qué corre", "qué se ejecuta",
            "procesos", "contenedores", "demonios",
        ],
    ),
    (Topic::Troubled, &["extern*", "reinici*", "caíd*", "fall*", "det*", "parad*", "terceros"]),
    (
        Topic::People,
        &[
            "contacto", "contactos", "soporte", "proveedores", "enlaces", "escalado", "escalamiento", "recursos",
            "referencias", "documentación", "guardias", "guardia", "personas", "a quién llamar",
        ],
    ),
    (Topic::Severity, &["severidad*", "gravedad*", "priorid*", "niveles de incidente", "nivel de incidente"]),
    (
        Topic::Cadence,
        &["frecuencia de actualización", "cadencia", "frecuencia de comunicación", "cada cuánto se informa"],
    ),
    (Topic::Escalation, &["escal*", "guardia", "guardias", "a quién llamar", "a quién avisar"]),
    (Topic::Rota, &["guardia", "guardias", "turno", "turnos", "rotación", "rotaciones"]),
    (Topic::Contacts, &["contact*"]),
    (
        Topic::Backup,
        &["copia de seguridad", "copias de seguridad", "respaldo*", "backup*", "copias", "volcado*", "instantánea*"],
    ),
    (Topic::Restore, &["restaur*", "recuper*", "reposición"]),
    (Topic::Health, &["salud", "monitorización", "monitoreo", "supervisión", "disponibilidad", "estado de salud"]),
    (Topic::Logs, &["registros", "logs", "bitácora", "bitácoras", "trazas"]),
    (
        Topic::Duties,
        &[
            "mantenimiento", "tareas periódicas", "tareas recurrentes", "rutina", "rutinas", "tareas programadas",
            "calendario", "deberes", "responsabilidades", "periódic*",
        ],
    ),
    (
        Topic::Work,
        &[
            "tareas", "tarea", "comprobaciones", "revisiones", "revisión", "lista", "actividades", "trabajo",
            "trabajos", "verificaciones", "controles", "de", "del", "la", "y", "mantenimiento",
        ],
    ),
    (
        Topic::Review,
        &[
            "postmortem*", "post mortem", "retrospectiva*", "revisión del incidente", "informe del incidente",
            "informe de incidente", "análisis posterior",
        ],
    ),
    (
        Topic::Afterwards,
        &["después del incidente", "tras el incidente", "lecciones aprendidas", "seguimiento", "al terminar"],
    ),
    (Topic::Template, &["plantilla*"]),
    (Topic::Updates, &["actualización de estado", "comunicación", "comunicaciones", "mensajes"]),
    (Topic::Rollback, &["revers*", "revert*", "vuelta atrás", "marcha atrás", "volver atrás"]),
    (Topic::Outcome, &["esperad*", "salida", "respuesta", "devuelve", "resultado", "debe mostrar", "debería verse"]),
];
