//! Problems: every answer that is not a success, as RFC 9457 has them. One table of codes; from it come the statuses, the pages
//! under `/docs/errors/` and the entries of the API document.

use std::any::Any;
use std::error::Error;
use std::fmt;

use serde_json::{Map, Value};

/// The result of whatever can be refused.
pub type Result<T> = std::result::Result<T, Problem>;

macro_rules! codes {
    ($($variant:ident $name:literal $status:literal $title:literal $explanation:literal;)*) => {
        /// What went wrong, by its stable name. Clients branch on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire, such as `slug_taken`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The HTTP status that it is answered with.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// A short sentence, the same for every occurrence.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// When it happens and what to do about it, for the page that `type` names.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }
        }
    };
}

codes! {
    MalformedRequest "malformed_request" 400 "This is not a request in HTTP/1.1" "The request line, a header or the length of the body is not as RFC 9112 has it: there must be one `Host`, one length, and a URL in ASCII of at most 65,534 bytes. The connection is closed.";
    InvalidParameter "invalid_parameter" 400 "A parameter is not right" "A query or path parameter is unknown, given twice or has a value that is not taken. `errors` names each of them.";
    InvalidCursor "invalid_cursor" 400 "The cursor does not fit this list" "A cursor goes only with the parameters it was made with. Take it from `paging.next` or `paging.previous` and change nothing else, or start without one.";
    InvalidJson "invalid_json" 400 "The body is not JSON" "The body must be one JSON value in UTF-8 (RFC 8259), in which no object names a member twice, nested no deeper than 100 levels.";
    InvalidHeader "invalid_header" 400 "A header is not right" "A request header has a form that is not taken; `detail` names it.";
    CountTooLarge "count_too_large" 400 "There are too many to count" "An exact count over several lists at once is given up to 10,000. Ask without `count=exact`, or for one list.";
    IdempotencyUnsupported "idempotency_unsupported" 400 "This operation takes no Idempotency-Key" "An answer that holds a secret is not kept. Send the request without the header.";
    InvalidToken "invalid_token" 401 "The access token or API key is not valid" "It is missing, malformed, expired or revoked. Log in, or refresh the session; a key that is good no longer has an admin replace it.";
    InvalidCredentials "invalid_credentials" 401 "E-mail or password is wrong" "Either no active user has this e-mail or the password is another one. Which of them is not said.";
    InvalidRefreshToken "invalid_refresh_token" 401 "The refresh token is not valid" "It is unknown, expired, revoked, or was used before; in the last case the whole session was ended. Log in again.";
    Forbidden "forbidden" 403 "This is not allowed" "`detail` says what is missing: a role, a scope of the API key, or what a preview link was made for. The table of operations in the API document says who may do what.";
    NotFound "not_found" 404 "There is nothing here" "No such resource, or none that the caller may see.";
    MethodNotAllowed "method_not_allowed" 405 "The resource does not take this method" "The header `Allow` lists the methods that it takes.";
    NotAcceptable "not_acceptable" 406 "No acceptable form" "Answers are JSON; `Accept-Encoding` must allow one of identity, gzip, br and zstd.";
    RequestTimeout "request_timeout" 408 "The request did not arrive in time" "The head of a request must be whole within 30 seconds, and its body within 30 more.";
    SlugTaken "slug_taken" 409 "The slug is taken" "Another article of this locale holds it by its newest save, or by a publication that is scheduled or has begun; or another category, tag or author has it. Choose another one.";
    PublicationInstantTaken "publication_instant_taken" 409 "Two publications of one article cannot start at the same instant" "Choose another instant, or change the publication that has this one; `publication_id` names it.";
    PastIsHistory "past_is_history" 409 "What readers saw is not changed" "A start in the past must be later than every start of the article that has passed, and an end cannot be moved into the past. A correction begins now or later.";
    AlreadyLive "already_live" 409 "It has begun" "A publication that began can neither be moved nor deleted; only its end can be changed. Use `unpublish` to take the article down. A correction that began is not changed; delete it to retract it.";
    Starting "starting" 409 "It is about to start" "In the last second before its start a publication or a correction is no longer changed, since readers on another node may already see it.";
    BaseChanged "base_changed" 409 "It would take the place of another revision" "Somebody published another text since the one in `base_revision`. `current_base_revision` is what it would take the place of, `changed_fields` where the two differ.";
    Embargoed "embargoed" 409 "The article is under embargo" "Nothing of it goes before the public earlier than `embargo_until`, unless `override_embargo` is said, which the audit log keeps.";
    InRelease "in_release" 409 "The publication belongs to a release" "It is moved and called off through the release alone.";
    ReleaseClash "release_clash" 409 "Not all publications of the release can do that" "Nothing was changed. `clashes` names each publication that stands against it, and why: another start of its article, its own end, that it has begun, the trash, an embargo.";
    TranslationTaken "translation_taken" 409 "There is a translation in this language already" "Of all translations of an article there is one in each language. Change that one, or take it out of the group with `translation_of: null`.";
    EditionInstantTaken "edition_instant_taken" 409 "Two editions of one list cannot begin at the same instant" "Choose another instant, or change or delete the edition that begins then.";
    CorrectionsFull "corrections_full" 409 "The article has all the corrections it may have" "An article has 50 corrections at most, retracted ones included. Save and publish a text that says what the older ones say.";
    ReleaseFull "release_full" 409 "The release is full" "A release has 200 publications at most. Make another one with the same date.";
    BulkRefused "bulk_refused" 409 "One of the operations was refused, so none was done" "`operation` is its place in `operations`, from 0, `problem` is what it alone is refused with, and the pointers of `errors` lead there. Change it or leave it out, or send `mode` `each`.";
    NotLive "not_live" 409 "Nothing of the article is in force" "There is nothing to take down.";
    NotEnded "not_ended" 409 "The publication is not the last one that ended" "`withdrawn` can be set on the last publication that began, once it has ended.";
    Trashed "trashed" 409 "The article is in the trash" "Nothing of it changes there. Restore it first.";
    NotTrashed "not_trashed" 409 "The article is not in the trash" "Only what is in the trash can be restored.";
    WasPublic "was_public" 403 "The article was or will be public" "Authors may trash what was never public and is not scheduled, and restore what has no date ahead. Ask an editor.";
    InUse "in_use" 409 "It is in use" "Articles or other categories name it. Give `reassign_to`, or change them first.";
    Cycle "cycle" 409 "A category cannot lie below itself" "Choose a parent that is neither the category itself nor one below it.";
    RedirectExists "redirect_exists" 409 "The path is redirected already" "Delete that redirect first; `redirect_id` names it.";
    RedirectChain "redirect_chain" 409 "One redirect would lead to another" "Let it lead where that one leads; `redirect_id` names the one in the way, or `leads_to` where what was at that path stands now.";
    EmailTaken "email_taken" 409 "Another user has this e-mail" "E-mails are compared without regard to case.";
    LastAdmin "last_admin" 409 "The last admin cannot be lost" "Make another active user an admin first.";
    Withdrawn "withdrawn" 410 "The article was withdrawn" "It was public and has been taken back; `detail` says why.";
    PreconditionFailed "precondition_failed" 412 "It has changed since" "The version in `If-Match` is no longer the current one. `current_version`, and of an article `changed_fields`, say what happened; read it again and repeat the change on top.";
    BodyTooLarge "body_too_large" 413 "The body is too large" "The most that the operation takes is said in `detail`.";
    UnsupportedMediaType "unsupported_media_type" 415 "The body has another type than the operation takes" "Send `Content-Type: application/json`, or for PATCH `application/merge-patch+json`, in UTF-8 and without a content coding.";
    Invalid "invalid" 422 "The request is well formed but cannot be accepted" "`errors` lists every mistake with a JSON pointer (RFC 6901) to where it is.";
    IdempotencyKeyReused "idempotency_key_reused" 422 "The Idempotency-Key was used for another body" "Use a new key for each new request.";
    PreconditionRequired "precondition_required" 428 "If-Match is required" "Send the `ETag` of the version that the change is based on, or `*` to change whatever is there.";
    TooManyRequests "too_many_requests" 429 "Too many requests" "Wait for as many seconds as `Retry-After` says.";
    HeadersTooLarge "headers_too_large" 431 "The request headers are too large" "URL and headers may have 128 KiB together, and 96 headers at most.";
    Internal "internal" 500 "Something went wrong on the server" "The log has the cause under the request id. Nothing was changed.";
    Unavailable "unavailable" 503 "The service cannot answer now" "The database is away, others write the same all the while, the server is stopping, or too many answers above 64 KiB are being sent at once. Try again after `Retry-After` seconds.";
}

/// One mistake in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where: a JSON pointer (RFC 6901) into the body; for a parameter `/` and its name.
    pub pointer: String,
    /// What kind of mistake, as a stable word such as `required`, `unknown_field`, `too_long`.
    pub code: &'static str,
    /// What is wrong with the value, and what would be right.
    pub detail: String,
    /// The instants that a local time could mean, where that is the mistake.
    pub readings: Vec<String>,
}

impl FieldError {
    /// A mistake at `pointer`.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into(), readings: Vec::new() }
    }

    /// The same with what a local time could mean.
    #[must_use]
    pub fn with_readings(mut self, readings: Vec<String>) -> Self {
        self.readings = readings;
        self
    }
}

/// An answer that refuses the request. `detail` is for the caller, `cause` for the log alone.
pub struct Problem(Box<Parts>);

struct Parts {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    headers: Vec<(&'static str, String)>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of this kind; `detail` says in plain words which value is wrong and what would be right.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Parts { code, detail: detail.into(), errors: Vec::new(), members: Map::new(), headers: Vec::new(), cause: None }))
    }

    /// The one answer to whatever does not exist or may not be seen.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is no such resource.")
    }

    /// A failure that is not the caller's fault. The cause goes to the log only.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut problem = Self::new(Code::Internal, "The request could not be served. Nothing was changed.");
        problem.0.cause = Some(cause.into());
        problem
    }

    /// A panic, which is a failure of ours as well.
    pub fn panicked(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self::internal(format!("panic: {}", text.unwrap_or("without a message")))
    }

    /// 422 with every mistake of a body; `errors` must not be empty.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let problem = Self::new(Code::Invalid, told(&errors));
        match errors.iter().map(|error| &error.readings).find(|readings| !readings.is_empty()).cloned() {
            Some(readings) => problem.with("readings", readings),
            None => problem,
        }
        .with_errors(errors)
    }

    /// 422 with one mistake.
    pub fn invalid_field(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(pointer, code, detail)])
    }

    /// 400 with every mistake of the parameters; `errors` must not be empty.
    pub fn invalid_parameters(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("Parameter `{}`: {}.", one.pointer.trim_start_matches('/'), one.detail),
            many => format!("{} parameters are not right; see `errors`.", many.len()),
        };
        Self::new(Code::InvalidParameter, detail).with_errors(errors)
    }

    /// 400 with one mistake, of the parameter `name`.
    pub fn invalid_parameter(name: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::invalid_parameters(vec![FieldError::new(format!("/{name}"), code, detail)])
    }

    /// The same with these mistakes.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// The same with one more member in the JSON.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// The same with one more response header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// The same with a cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// The same of a part of what was sent, which lies at `pointer`: mistakes are told where they are in the whole, and a refusal for another reason is one
    /// of the part.
    #[must_use]
    pub fn below(mut self, pointer: &str) -> Self {
        if self.0.errors.is_empty() {
            self.0.errors = vec![FieldError::new("", self.0.code.name(), self.0.detail.clone())];
        }
        for error in &mut self.0.errors {
            error.pointer.insert_str(0, pointer);
        }
        if self.0.code == Code::Invalid {
            self.0.detail = told(&self.0.errors);
        }
        self
    }

    /// What kind of problem.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The sentence for the caller.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The mistakes, one by one.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Further members of the JSON.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0.members
    }

    /// Further response headers.
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.0.headers
    }

    /// The cause, for the log.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }
}

/// The mistakes of a body in a sentence.
fn told(errors: &[FieldError]) -> String {
    match errors {
        [one] => format!("{}: {}", if one.pointer.is_empty() { "The body" } else { &one.pointer }, one.detail),
        many => format!("There are {} mistakes in the body.", many.len()),
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self::invalid(vec![error])
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({}: {}", self.0.code.name(), self.0.detail)?;
        for error in &self.0.errors {
            write!(f, "; {} {}: {}", error.pointer, error.code, error.detail)?;
        }
        match &self.0.cause {
            Some(cause) => write!(f, "; cause: {cause})"),
            None => f.write_str(")"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_snake_case_and_explained() {
        for (at, code) in Code::ALL.iter().enumerate() {
            assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", code.name());
            assert!(Code::ALL[..at].iter().all(|other| other.name() != code.name()), "{} is there twice", code.name());
            assert!((400..600).contains(&code.status()));
            assert!(code.title().len() > 5 && code.explanation().len() > 15);
        }
    }
}
