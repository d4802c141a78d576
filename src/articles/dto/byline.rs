//! An author whom a text names, and as what: a slug alone, or an object with both.

use std::borrow::Cow;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::kernel::refs::AuthorRole;
use crate::kernel::slug::Slug;

/// See the module. Whoever wrote the text stands there by the slug alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Byline {
    /// The author's slug.
    pub slug: String,
    /// What they did.
    pub role: AuthorRole,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Slug(String),
    Both {
        slug: String,
        #[serde(default)]
        role: AuthorRole,
    },
}

impl<'de> Deserialize<'de> for Byline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Given::deserialize(deserializer)? {
            Given::Slug(slug) => Self { slug, role: AuthorRole::By },
            Given::Both { slug, role } => Self { slug, role },
        })
    }
}

impl Serialize for Byline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.role == AuthorRole::By {
            return serializer.serialize_str(&self.slug);
        }
        let mut both = serializer.serialize_struct("Byline", 2)?;
        both.serialize_field("slug", &self.slug)?;
        both.serialize_field("role", &self.role)?;
        both.end()
    }
}

impl PartialSchema for Byline {
    /// One schema of two types, and not two to choose from: so each mistake has its place.
    fn schema() -> RefOr<Schema> {
        let mut either = ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Object]));
        if let RefOr::T(Schema::Object(slug)) = Slug::schema() {
            either = either.pattern(slug.pattern).min_length(slug.min_length).max_length(slug.max_length);
        }
        either
            .description(Some("The slug of an author, or an object with it and what they did; `by` unless said."))
            .property("slug", Ref::from_schema_name(<Slug as ToSchema>::name()))
            .property("role", Ref::from_schema_name(<AuthorRole as ToSchema>::name()))
            .required("slug")
            .additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(false)))
            .into()
    }
}

impl ToSchema for Byline {
    fn name() -> Cow<'static, str> {
        "Byline".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((<Slug as ToSchema>::name().into_owned(), Slug::schema()));
        schemas.push((<AuthorRole as ToSchema>::name().into_owned(), AuthorRole::schema()));
    }
}
