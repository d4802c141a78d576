//! The newest save of an article, as previews with `drafts=true` show it.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::Article;
use crate::publications::rules::standing::Status;

/// The newest save of an article, live or not: an [`Article`] whose dates may be null, and where it stands.
#[derive(Debug, Serialize)]
pub struct PreviewArticle {
    /// What readers would get, but for the dates: that under which it is live, else the one that comes, else the last one.
    #[serde(flatten)]
    pub article: Article,
    /// Where it stands at the instant.
    pub status: Status,
    /// The number of the save.
    pub revision: i64,
}

impl PartialSchema for PreviewArticle {
    fn schema() -> RefOr<Schema> {
        let date = |what: &str| {
            let kinds = SchemaType::Array(vec![Type::String, Type::Null]);
            let format = Some(SchemaFormat::KnownFormat(KnownFormat::DateTime));
            ObjectBuilder::new().schema_type(kinds).format(format).description(Some(what)).build()
        };
        let number =
            ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64))).minimum(Some(1));
        let number = number.description(Some("The number of the save.")).build();
        let published_at = date(
            "The date under which it is live, else the one that comes, else the last one; null if nothing of it was or will be published.",
        );
        let updated_at = date("When readers last got something new; null while it is not live.");
        let mut schema = Article::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.description = Some("The newest save of an article, live or not. Members as of an article, of which `fields` leaves `status` and `revision` in any case.".to_owned());
            object.properties.insert("published_at".to_owned(), published_at.into());
            object.properties.insert("updated_at".to_owned(), updated_at.into());
            object.properties.insert("status".to_owned(), Ref::from_schema_name(<Status as ToSchema>::name()).into());
            object.properties.insert("revision".to_owned(), number.into());
            object.required.extend(["status", "revision"].map(str::to_owned));
        }
        schema
    }
}

impl ToSchema for PreviewArticle {
    fn name() -> Cow<'static, str> {
        "PreviewArticle".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Article::schemas(schemas);
        schemas.push((<Status as ToSchema>::name().into_owned(), Status::schema()));
    }
}

crate::list_of! {
    /// A page of newest saves, live or not.
    PreviewArticleList of PreviewArticle
}
