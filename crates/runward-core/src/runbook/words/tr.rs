//! The words of runbooks in Turkish.

use super::super::columns::Column;
use super::super::duty::Every;
use super::super::field::Field;
use super::Meaning;
use super::lexicon::Language;
use super::topic::Topic;

pub(super) const WORDS: Language = Language {
    labels: LABELS,
    weak: &[
        "kontrol", "kontroller", "adımlar", "sorun", "önlem", "sonrası", "not", "etki", "neden", "beklenen",
        "kontrol edin", "prosedür", "önem",
    ],
    columns: COLUMNS,
    fields: FIELDS,
    topics: TOPICS,
    often: &[
        (Every::Hourly, &["saatlik", "saat başı"]),
        (Every::Daily, &["günlük olarak", "her gün", "günlük*", "gecelik"]),
        (Every::Weekly, &["haftalık*"]),
        (Every::Fortnightly, &["iki haftalık", "iki haftada bir"]),
        (Every::Monthly, &["aylık*", "ayda bir"]),
        (Every::Quarterly, &["üç aylık", "çeyrek*", "üç ayda bir"]),
        (Every::HalfYearly, &["altı aylık", "altı ayda bir"]),
        (Every::Yearly, &["yıllık*", "yılda bir"]),
    ],
    each: &["her"],
    units: &[
        (Every::Hourly, &["saat"]),
        (Every::Daily, &["gün", "gece", "sabah", "akşam"]),
        (Every::Weekly, &["hafta", "pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi", "pazar"]),
        (Every::Monthly, &["ay"]),
        (Every::Quarterly, &["çeyrek", "üç ay"]),
        (Every::HalfYearly, &["altı ay"]),
        (Every::Yearly, &["yıl"]),
    ],
    orders: &[],
    closing: &[
        "başlat", "başlatın", "yeniden başlat", "durdur", "durdurun", "et", "edin", "ara", "arayın", "bak", "bakın",
        "bekle", "bekleyin", "bildir", "bildirin", "çalıştır", "çalıştırın", "değiştir", "değiştirin", "dene",
        "deneyin", "doğrula", "doğrulayın", "düzenle", "düzenleyin", "ekle", "ekleyin", "gönder", "gönderin",
        "güncelle", "güncelleyin", "incele", "inceleyin", "kaldır", "kaldırın", "kapat", "kapatın", "kontrol",
        "kopyala", "kopyalayın", "kur", "kurun", "oluştur", "oluşturun", "sil", "silin", "temizle", "temizleyin",
        "uygula", "uygulayın", "ver", "verin", "yap", "yapın", "yaz", "yazın", "yedekle", "yedekleyin", "yükle",
        "yükleyin", "yükselt", "yükseltin", "sor", "yenile", "yenileyin", "al", "alın", "aç", "açın", "çıkar",
        "çıkarın", "izle", "izleyin", "paylaş", "paylaşın", "saklayın", "sakla", "geç", "geçin", "artır", "artırın",
        "azalt", "azaltın",
    ],
    asks: &["kontrol", "bakın", "inceleyin"],
    conditions: &["eğer", "aksi halde", "aksi takdirde", "yalnızca", "sadece", "gerekirse", "gerekiyorsa"],
    provisos: &["gerekirse", "gerekiyorsa", "mümkünse", "varsa", "gerektiğinde"],
    ifs: &["eğer"],
    alternatives: &["veya", "ya da", "alternatif", "alternatif olarak"],
    options: &["seçenek", "senaryo", "yöntem", "durum", "varyant"],
    steps: &["adım", "aşama"],
    sections: &["bölüm", "kısım", "prosedür", "ek"],
    expects: &["beklenen", "beklenen çıktı", "beklenen sonuç"],
    shoulds: &["olmalı", "dönmeli", "görmelisiniz"],
    gotos: &["bkz", "bakınız"],
    tales: &["ne yapar", "ne olur", "bu"],
};

const LABELS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Symptom,
        &[
            "belirti", "belirtiler", "semptom", "semptomlar", "tetikleyici", "tespit", "nasıl anlaşılır",
            "göstergeler", "etki ve semptomlar", "etki ve belirtiler", "hata mesajı", "sorun",
        ],
    ),
    (
        Meaning::Diagnose,
        &[
            "teşhis", "tanı", "tanılama", "kontrol", "kontroller", "kontrol edin", "inceleme", "araştırma", "analiz",
            "ilk komutlar", "ilk kontrol", "ilk kontroller", "ön değerlendirme", "ilk bakış",
        ],
    ),
    (
        Meaning::Fix,
        &[
            "çözüm", "çözümler", "düzeltme", "müdahale", "ilk müdahale", "acil müdahale", "eylem", "eylemler",
            "aksiyon", "aksiyonlar", "adımlar", "çözüm adımları", "giderme", "sorun giderme", "kurtarma",
            "iyileştirme", "ne yapmalı", "yapılacaklar", "onarım", "geçici çözüm", "prosedür",
        ],
    ),
    (Meaning::Verify, &["doğrulama", "doğrula", "doğrulayın", "teyit", "sonrası", "sonrasında"]),
    (Meaning::Rollback, &["geri alma", "geri dönüş", "geri al", "geri alın", "geri dönme planı", "geri dönüş planı"]),
    (Meaning::Prevent, &["önleme", "önlem", "önlemler", "önleyici tedbirler", "takip", "kalıcı çözüm"]),
    (
        Meaning::Remark,
        &[
            "not", "notlar", "etki", "neden", "nedenler", "olası nedenler", "muhtemel nedenler", "kök neden", "bağlam",
            "eskalasyon", "iletişim", "ilgili", "kaynaklar", "özet", "uyarı", "önemli", "dikkat", "kontrol listesi",
        ],
    ),
    (Meaning::Severity, &["önem derecesi", "önem", "öncelik", "şiddet", "kritiklik"]),
    (Meaning::Alert, &["alarm adı", "uyarı adı"]),
    (Meaning::Expected, &["çıktı", "beklenen", "beklenen çıktı", "beklenen sonuç", "beklenen yanıt"]),
];

const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &["servis", "servisler", "hizmet", "uygulama", "bileşen", "bileşenler", "ad", "adı", "isim", "sistem"],
    ),
    (Column::Unit, &["birim", "systemd birimi", "systemd servisi"]),
    (Column::Container, &["konteyner", "konteyner adı", "kapsayıcı"]),
    (Column::Process, &["süreç", "işlem"]),
    (Column::Manager, &["yöneten", "başlatan"]),
    (Column::Port, &["portlar", "bağlantı noktası", "dinlediği port"]),
    (Column::Host, &["sunucu", "makine", "düğüm"]),
    (Column::Place, &["adres", "konum", "nerede"]),
    (Column::Endpoint, &["alan adı", "genel adres", "uç nokta"]),
    (Column::Health, &["sağlık", "sağlık kontrolü"]),
    (Column::EnvFile, &["ortam dosyası", "env dosyası", "ayarlar", "yapılandırma", "ayar dosyası"]),
    (Column::Database, &["veritabanı", "veri tabanı", "veriler", "veri", "depolama"]),
    (Column::DependsOn, &["bağımlılıklar", "bağımlı olduğu", "gerektirir", "bağımlılık"]),
    (Column::Severity, &["önem derecesi", "seviye", "öncelik", "önem", "şiddet", "kritiklik"]),
    (Column::Criteria, &["ölçüt", "kriter", "kriterler", "tanım", "açıklama", "etki", "anlam"]),
    (Column::Respond, &["yanıt süresi", "müdahale süresi", "yanıt", "cevap süresi"]),
    (Column::Update, &["güncellemeler", "güncelleme sıklığı", "bilgilendirme sıklığı"]),
    (Column::Role, &["rol", "ekip", "görev", "takım"]),
    (Column::Person, &["kişi", "kim", "sorumlu"]),
    (Column::Channel, &["iletişim", "telefon", "e posta", "kanal", "ulaşım", "iletişim yolu"]),
    (Column::After, &["sonra", "ne zaman", "geçen süre", "bekleme"]),
    (Column::Target, &["eskale edilecek", "eskalasyon hedefi", "kime"]),
    (Column::Situation, &["durum koşulu", "senaryo", "koşul"]),
    (Column::Chain, &["eskalasyon", "eskalasyon zinciri", "zincir"]),
];

const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::What,
        &[
            "ne", "öğe", "veri", "veri kümesi", "bileşen", "servis", "sistem", "ad", "uygulama", "veritabanı",
            "veritabanları", "kapsam", "içerik",
        ],
    ),
    (Field::How, &["nasıl", "yöntem", "araç", "betik", "tür"]),
    (Field::Command, &["komut", "komutlar"]),
    (Field::Where, &["nerede", "nereye", "hedef", "konum", "depolama", "yer"]),
    (Field::Path, &["yol", "dosya", "klasör", "dizin"]),
    (Field::Log, &["günlük", "günlükler", "log konumu", "log dosyası", "kayıt yeri", "log yolu", "log dizini"]),
    (Field::When, &["ne zaman", "sıklık", "zamanlama", "zaman", "aralık", "periyot"]),
    (Field::Keep, &["saklama", "saklama süresi", "tutma süresi", "saklanma süresi"]),
    (Field::Task, &["görev", "görevler", "iş", "yapılacak iş", "yapılacak", "yapılacaklar"]),
    (Field::Metric, &["metrik", "metrikler", "gösterge", "ölçü", "kaynak"]),
    (Field::Limit, &["eşik", "eşik değeri", "eşikler", "sınır", "limit değeri"]),
    (Field::Warning, &["uyarı", "uyarı eşiği"]),
    (Field::Critical, &["kritik", "kritik eşik"]),
    (Field::State, &["durum", "yanıt", "sonuç"]),
    (Field::Http, &["kod", "http kodu", "durum kodu"]),
    (Field::Meaning, &["anlam", "anlamı", "açıklama"]),
    (Field::Address, &["ip adresi", "adres"]),
    (Field::Host, &["sunucu", "makine", "düğüm"]),
    (Field::User, &["kullanıcı", "kullanıcı adı", "hesap"]),
    (Field::Week, &["hafta", "haftalar", "vardiya", "tarih", "dönem"]),
    (Field::Primary, &["birincil", "nöbetçi", "asıl"]),
    (Field::Secondary, &["ikincil", "yedek nöbetçi", "yedek kişi"]),
    (Field::Backup, &["yedek", "yedekleme", "yedekler"]),
    (Field::Owner, &["sahibi", "sorumlu", "sorumlu ekip", "ekip", "bakımını yapan", "yazar", "sahip"]),
    (Field::Updated, &["son güncelleme", "güncellendi", "güncellenme tarihi", "güncelleme tarihi", "son değişiklik"]),
    (Field::Reviewed, &["gözden geçirildi", "son gözden geçirme", "son inceleme"]),
    (
        Field::NextReview,
        &["sonraki gözden geçirme", "bir sonraki gözden geçirme", "sonraki inceleme", "gözden geçirme tarihi"],
    ),
];

const TOPICS: &[(Topic, &[&str])] = &[
    (Topic::Promises, &["yanıt süreleri", "müdahale süreleri"]),
    (Topic::Home, &["yerelde", "kendi makinenizde"]),
    (Topic::Causes, &["neden", "nedenler"]),
    (
        Topic::Reference,
        &[
            "hızlı başvuru", "hızlı referans", "faydalı komutlar", "sık kullanılan komutlar", "temel komutlar",
            "kopya kağıdı", "içindekiler", "yararlı komutlar",
        ],
    ),
    (
        Topic::Services,
        &["servisler", "bileşenler", "envanter", "mimari", "uygulamalar", "hizmetler", "servis envanteri", "süreçler"],
    ),
    (Topic::Troubled, &["harici*", "yeniden*", "durdur*", "çök*", "arıza*", "dış*"]),
    (
        Topic::People,
        &[
            "iletişim", "destek", "tedarikçiler", "bağlantılar", "eskalasyon", "kaynaklar", "nöbetçi", "kişiler",
            "kimi aramalı",
        ],
    ),
    (Topic::Severity, &["önem derece*", "öncelik*", "seviye*", "şiddet*", "önem", "kritiklik*"]),
    (Topic::Cadence, &["güncelleme sıklığı", "bilgilendirme sıklığı"]),
    (Topic::Escalation, &["eskal*", "nöbet*", "kimi aramalı", "kime haber"]),
    (Topic::Rota, &["nöbet*", "vardiya*", "rotasyon*"]),
    (Topic::Contacts, &["iletişim*"]),
    (Topic::Backup, &["yedek*", "anlık görüntü"]),
    (Topic::Restore, &["geri yükle*", "kurtar*"]),
    (Topic::Health, &["sağlık", "izleme", "gözlem*", "erişilebilirlik"]),
    (Topic::Logs, &["günlük", "günlükler", "loglar", "kayıtlar"]),
    (Topic::Duties, &["bakım*", "düzenli*", "rutin*", "periyodik*", "takvim", "sorumluluklar", "tekrarlanan*"]),
    (
        Topic::Work,
        &[
            "görevler", "görev", "kontroller", "kontrol", "liste", "işler", "iş", "listesi", "bakım", "ve",
            "kontrolleri", "görevleri", "işleri",
        ],
    ),
    (Topic::Review, &["olay raporu", "olay incelemesi", "olay sonrası*", "retrospektif*", "postmortem"]),
    (Topic::Afterwards, &["olaydan sonra", "olay sonrası", "dersler", "çıkarılan dersler"]),
    (Topic::Template, &["şablon*"]),
    (Topic::Updates, &["durum güncellemesi", "durum bildirimi", "bilgilendirme"]),
    (Topic::Rollback, &["geri al*", "geri dön*"]),
    (Topic::Outcome, &["beklenen*", "çıktı*", "yanıt", "döner", "sonuç", "görmelisiniz"]),
];
