//! The words of runbooks in Portuguese.

use super::super::columns::Column;
use super::super::duty::Every;
use super::super::field::Field;
use super::Meaning;
use super::lexicon::Language;
use super::topic::Topic;

pub(super) const WORDS: Language = Language {
    labels: LABELS,
    weak: &[
        "verificar", "depois", "passos", "procedimento", "recuperação", "ação", "ações", "confirmar", "sinal",
        "esperado", "validar",
    ],
    columns: COLUMNS,
    fields: FIELDS,
    topics: TOPICS,
    often: &[
        (Every::Hourly, &["a cada hora", "de hora em hora"]),
        (Every::Daily, &["diári*", "diariamente", "noturn*"]),
        (Every::Weekly, &["semanal*", "semanais"]),
        (Every::Fortnightly, &["quinzenal*", "quinzenais"]),
        (Every::Monthly, &["mensal", "mensais", "mensalmente"]),
        (Every::Quarterly, &["trimestral*", "trimestrais"]),
        (Every::HalfYearly, &["semestral*", "semestrais"]),
        (Every::Yearly, &["anual", "anuais", "anualmente"]),
    ],
    each: &["a cada", "todo", "toda", "todos os", "todas as", "uma vez por", "uma vez ao", "cada"],
    units: &[
        (Every::Hourly, &["hora", "horas"]),
        (Every::Daily, &["dia", "dias", "noite", "noites", "manhã"]),
        (
            Every::Weekly,
            &[
                "semana", "semanas", "segunda", "segunda feira", "terça", "terça feira", "quarta", "quarta feira",
                "quinta", "quinta feira", "sexta", "sexta feira", "sábado", "domingo",
            ],
        ),
        (Every::Fortnightly, &["quinzena"]),
        (Every::Monthly, &["mês", "meses"]),
        (Every::Quarterly, &["trimestre", "trimestres"]),
        (Every::HalfYearly, &["semestre", "semestres"]),
        (Every::Yearly, &["ano", "anos"]),
    ],
    orders: &[
        "abrir", "abra", "acionar", "acione", "adicionar", "adicione", "aguardar", "aguarde", "alterar", "altere",
        "apagar", "apague", "aplicar", "aplique", "atualizar", "atualize", "aumentar", "aumente", "avisar", "avise",
        "bloquear", "bloqueie", "chamar", "chame", "checar", "colocar", "coloque", "comunicar", "comunique",
        "conectar", "conecte", "confirmar", "confirme", "contatar", "contate", "copiar", "copie", "corrigir",
        "corrija", "criar", "crie", "desativar", "desative", "desligar", "documentar", "documente", "editar", "edite",
        "encerrar", "encerre", "enviar", "envie", "escalar", "escale", "escalonar", "esperar", "espere", "executar",
        "execute", "excluir", "exclua", "fazer", "faça", "fechar", "feche", "gerar", "gere", "identificar",
        "identifique", "implantar", "informar", "informe", "iniciar", "inicie", "instalar", "instale", "investigar",
        "investigue", "ir", "liberar", "libere", "ligar", "ligue", "limpar", "limpe", "localizar", "matar",
        "monitorar", "monitore", "mover", "mova", "mudar", "mude", "notificar", "notifique", "obter", "olhar", "parar",
        "pare", "pausar", "procurar", "publicar", "publique", "rebaixar", "recarregar", "recarregue", "reconstruir",
        "recuperar", "reduzir", "reduza", "registrar", "registre", "reiniciar", "reinicie", "remover", "remova",
        "renovar", "renove", "reparar", "repetir", "repita", "restaurar", "restaure", "retomar", "reverter", "reverta",
        "revisar", "revise", "revogar", "rodar", "rode", "rotacionar", "salvar", "salve", "subir", "suba",
        "substituir", "substitua", "testar", "trocar", "usar", "use", "validar", "valide", "verificar", "verifique",
        "voltar", "volte",
    ],
    closing: &[],
    asks: &[
        "verificar", "verifique", "checar", "cheque", "confirmar", "confirme", "validar", "valide", "testar", "teste",
        "olhar", "identificar", "monitorar", "monitore", "investigar",
    ],
    conditions: &[
        "se o", "se a", "se os", "se as", "se não", "se for", "se houver", "se ainda", "se necessário", "se ele",
        "se ela", "se isso", "somente se", "só se", "apenas se", "caso", "senão", "caso contrário", "quando",
        "a menos que", "em caso de",
    ],
    provisos: &[
        "se necessário", "se preciso", "se disponível", "se aplicável", "somente se", "apenas se", "caso necessário",
        "se for preciso",
    ],
    ifs: &["se o", "se a", "se os", "se as", "se não", "se houver", "se for", "caso"],
    alternatives: &["ou", "ou então", "alternativa", "alternativamente"],
    options: &["opção", "cenário", "método", "variante", "alternativa", "caso", "caminho"],
    steps: &["passo", "etapa", "fase"],
    sections: &["seção", "secção", "capítulo", "procedimento", "anexo"],
    expects: &["esperado", "saída esperada", "resultado esperado", "resposta esperada"],
    shoulds: &["deve", "deveria", "devem", "retorna", "devolve", "deve ser", "deve retornar", "deve mostrar"],
    gotos: &[
        "ir para", "vá para", "pular para", "pule para", "passar para", "passe para", "continuar com", "continue com",
        "voltar para", "volte para", "voltar ao", "ver", "veja", "consulte", "siga",
    ],
    tales: &["o que faz", "o que acontece", "isto", "isso"],
};

const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Symptom,
        &[
            "sintoma", "sintomas", "sinais", "sinal", "gatilho", "gatilhos", "deteção", "detecção", "o que se vê",
            "como identificar", "mensagem de erro", "comportamento observado",
        ],
    ),
    (
        Meaning::Diagnose,
        &[
            "verificações", "investigação", "análise", "triagem", "avaliação", "avaliação inicial",
            "primeiras verificações", "o que verificar", "checagens", "checagem",
        ],
    ),
    (
        Meaning::Fix,
        &[
            "solução", "soluções", "resolução", "ação", "ações", "ações imediatas", "ação imediata", "mitigação",
            "remediação", "correção", "recuperação", "passos", "procedimento", "o que fazer", "como resolver",
            "reparo", "contenção", "resposta imediata",
        ],
    ),
    (Meaning::Verify, &["verificação", "verificar", "validação", "confirmação", "depois", "como verificar"]),
    (Meaning::Rollback, &["reversão", "reverter", "desfazer", "voltar atrás", "plano de reversão"]),
    (
        Meaning::Prevent,
        &["prevenção", "medidas preventivas", "acompanhamento", "correção definitiva", "solução permanente"],
    ),
    (
        Meaning::Remark,
        &[
            "observação", "observações", "impacto no negócio", "causa provável", "causas prováveis",
            "possíveis causas", "causa raiz", "contexto", "escalonamento", "comunicação", "referências", "resumo",
            "aviso", "importante", "atenção",
        ],
    ),
    (Meaning::Severity, &["severidade", "gravidade", "prioridade", "criticidade"]),
    (Meaning::Alert, &["nome do alerta"]),
    (
        Meaning::Expected,
        &["saída", "esperado", "resultado esperado", "saída esperada", "resposta esperada", "espera se"],
    ),
];

const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "serviço", "serviços", "aplicação", "aplicações", "aplicativo", "componente", "componentes", "nome",
            "sistema", "módulo",
        ],
    ),
    (Column::Unit, &["unidade", "unidade systemd", "serviço systemd"]),
    (Column::Container, &["contêiner", "contentor", "nome do contêiner"]),
    (Column::Process, &["processo"]),
    (Column::Manager, &["gerenciado por", "gerido por", "iniciado por"]),
    (Column::Port, &["porta", "portas", "porta local", "escuta em"]),
    (Column::Host, &["servidor", "servidores", "máquina", "nó"]),
    (Column::Place, &["endereço", "localização", "onde"]),
    (Column::Endpoint, &["domínio", "url pública", "endereço público", "ponto de acesso"]),
    (Column::Health, &["saúde", "verificação de saúde"]),
    (
        Column::EnvFile,
        &[
            "arquivo de ambiente", "ficheiro de ambiente", "arquivo env", "configuração", "arquivo de configuração",
            "configurações",
        ],
    ),
    (Column::Database, &["banco de dados", "base de dados", "bancos de dados", "banco", "dados", "armazenamento"]),
    (Column::DependsOn, &["depende de", "dependências", "requer", "precisa de"]),
    (Column::Severity, &["severidade", "gravidade", "nível", "prioridade", "criticidade"]),
    (
        Column::Criteria,
        &["critério", "critérios", "definição", "descrição", "impacto", "significado", "quando se aplica"],
    ),
    (Column::Respond, &["tempo de resposta", "resposta", "responder em", "prazo de resposta", "prazo"]),
    (Column::Update, &["atualizações", "frequência de atualização", "atualizar a cada", "comunicação"]),
    (Column::Role, &["papel", "equipe", "equipa", "função", "cargo"]),
    (Column::Person, &["pessoa", "quem", "responsável"]),
    (
        Column::Channel,
        &[
            "contato", "contatos", "contacto", "telefone", "e mail de contato", "celular", "telemóvel", "canal",
            "como contatar", "meio de contato",
        ],
    ),
    (Column::After, &["após", "depois de", "tempo decorrido", "quando", "aguardar", "escalar após"]),
    (Column::Target, &["escalar para", "escalonar para"]),
    (Column::Situation, &["situação", "cenário", "condição"]),
    (Column::Chain, &["escalonamento", "cadeia", "cadeia de escalonamento", "avisar"]),
];

const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::What,
        &[
            "o quê", "o que", "conjunto de dados", "componente", "serviço", "sistema", "nome", "aplicação",
            "banco de dados", "base de dados", "bancos de dados", "escopo", "conteúdo", "dados",
        ],
    ),
    (Field::How, &["como", "método", "ferramenta", "tipo de backup", "mecanismo", "roteiro"]),
    (Field::Command, &["comando", "comandos"]),
    (Field::Where, &["onde", "destino", "local", "localização", "armazenamento", "guardado em"]),
    (Field::Path, &["caminho", "arquivo", "ficheiro", "pasta", "diretório"]),
    (
        Field::Log,
        &[
            "registros de log", "local dos logs", "caminho do log", "arquivo de log", "ficheiro de log",
            "localização dos logs",
        ],
    ),
    (
        Field::When,
        &["quando", "frequência", "agendamento", "horário", "periodicidade", "intervalo", "agenda", "programação"],
    ),
    (Field::Keep, &["retenção", "conservação", "período de retenção", "mantido por", "tempo de retenção"]),
    (Field::Task, &["tarefa", "tarefas", "atividade", "ação", "verificação", "o que fazer"]),
    (Field::Metric, &["métrica", "métricas", "indicador", "medida", "recurso", "parâmetro"]),
    (Field::Limit, &["limiar", "limite", "limites", "limiares", "valor limite"]),
    (Field::Warning, &["aviso", "alerta em"]),
    (Field::Critical, &["crítico", "limite crítico"]),
    (Field::State, &["estado", "situação", "resposta", "resultado"]),
    (Field::Http, &["código", "código http", "código de status"]),
    (Field::Meaning, &["significado", "descrição"]),
    (Field::Address, &["endereço ip", "ip público", "ip privado", "endereço"]),
    (Field::Host, &["servidor", "máquina", "nó"]),
    (Field::User, &["usuário", "utilizador", "conta"]),
    (Field::Week, &["semana", "semanas", "turno", "período"]),
    (Field::Primary, &["primário", "principal", "titular", "plantão", "de plantão"]),
    (Field::Secondary, &["secundário", "suplente", "reserva", "segundo"]),
    (Field::Backup, &["cópia de segurança", "cópias de segurança", "salvaguarda"]),
    (
        Field::Owner,
        &[
            "proprietário", "dono", "responsável", "mantido pela equipe", "equipe responsável", "equipe", "equipa",
            "autor", "autora",
        ],
    ),
    (
        Field::Updated,
        &[
            "última atualização", "atualizado", "atualizado em", "última modificação", "data de atualização",
            "última alteração",
        ],
    ),
    (Field::Reviewed, &["revisado", "revisto", "última revisão", "revisado em", "revisto em"]),
    (Field::NextReview, &["próxima revisão", "revisar até", "data de revisão"]),
];

const TOPICS: &[(Topic, &[&str])] = &[
    (Topic::Promises, &["tempo de resposta", "tempos de resposta"]),
    (Topic::Home, &["localmente", "na sua máquina", "ambiente local"]),
    (Topic::Causes, &["causa", "causas"]),
    (
        Topic::Reference,
        &[
            "referência rápida", "comandos úteis", "comandos rápidos", "comandos comuns", "cola", "guia rápido",
            "sumário", "índice",
        ],
    ),
    (
        Topic::Services,
        &[
            "serviços", "componentes", "inventário", "arquitetura", "aplicações", "o que roda", "processos",
            "contêineres",
        ],
    ),
    (Topic::Troubled, &["extern*", "reinici*", "fora", "falh*", "par*", "terceiros", "queda*"]),
    (
        Topic::People,
        &[
            "contato", "contatos", "contacto", "contactos", "suporte", "fornecedores", "links úteis", "escalonamento",
            "recursos", "referências", "plantão", "a quem ligar", "pessoas",
        ],
    ),
    (Topic::Severity, &["severidade*", "gravidade*", "priorid*", "criticidade*", "níveis de incidente"]),
    (
        Topic::Cadence,
        &["frequência de atualização", "frequência das atualizações", "cadência", "frequência de comunicação"],
    ),
    (Topic::Escalation, &["escal*", "plantão", "plantões", "sobreaviso", "a quem ligar", "quem acionar"]),
    (Topic::Rota, &["plantão", "plantões", "escala", "turno", "turnos", "rodízio", "sobreaviso"]),
    (Topic::Contacts, &["contat*", "contact*"]),
    (Topic::Backup, &["cópia de segurança", "cópias de segurança", "backup*", "salvaguarda*", "despejo*"]),
    (Topic::Restore, &["restaur*", "recuper*"]),
    (Topic::Health, &["saúde", "monitoramento", "monitorização", "disponibilidade"]),
    (Topic::Logs, &["logs", "registros", "registos"]),
    (
        Topic::Duties,
        &[
            "manutenção", "tarefas periódicas", "tarefas recorrentes", "rotina", "rotinas", "calendário",
            "responsabilidades", "tarefas agendadas", "periódic*",
        ],
    ),
    (
        Topic::Work,
        &[
            "tarefas", "tarefa", "verificações", "verificação", "revisões", "revisão", "lista", "atividades",
            "trabalho", "checagens", "de", "da", "do", "e", "rotinas",
        ],
    ),
    (
        Topic::Review,
        &[
            "retrospectiva*", "post mortem", "revisão do incidente", "relatório do incidente",
            "relatório de incidente", "análise pós incidente",
        ],
    ),
    (Topic::Afterwards, &["após o incidente", "depois do incidente", "lições aprendidas", "acompanhamento"]),
    (Topic::Template, &["modelo*"]),
    (Topic::Updates, &["atualização de status", "comunicação", "comunicações", "comunicados"]),
    (Topic::Rollback, &["revers*", "revert*", "voltar atrás"]),
    (Topic::Outcome, &["esperad*", "saída", "resposta", "retorna", "devolve", "resultado", "deve mostrar"]),
];
