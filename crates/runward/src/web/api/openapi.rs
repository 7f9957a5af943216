//! The description of the API. <https://spec.openapis.org/oas/v3.1.0>

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, SecurityRequirement, ServerBuilder};

/// What every description begins with.
pub(super) fn base() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Runward")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("The runbook that stands watch: services, incidents, procedures and runs."))
        .build();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let mut components = utoipa::openapi::Components::new();
    components.add_security_scheme("token", bearer);
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/api/v1").build()]))
        .components(Some(components))
        .security(Some([SecurityRequirement::new("token", Vec::<String>::new())]))
        .build()
}

/// The description as it is served.
pub(super) async fn show(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
