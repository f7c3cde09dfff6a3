import type { SignedRequest, Verdict } from './types.ts';

export type Encoding = 'hex' | 'base64' | 'base64url';

/** Where a value lives in a request. */
export type Locator =
  | { header: string }
  /** Dot path into a JSON body, such as `event.id` or `items.0.id`. */
  | { json: string }
  /** Field of a form body. */
  | { form: string }
  /** Dot path into JSON that stands in a form field. */
  | { formJson: readonly [field: string, path: string] }
  /** Query parameter; its name is case-sensitive. */
  | { query: string }
  /** The first of these keys that the JSON body holds: its name is the value (Telegram). */
  | { jsonKey: readonly string[] }
  /** Dot paths into the JSON body: the values of all of them, with slashes between, make one (DocuSign). */
  | { jsonAll: readonly string[] };

/** Where signatures are, and how one value becomes one or more candidates. */
export interface SignatureLocation {
  /** A single header. */
  header?: string;
  /** Several headers that may each hold one, such as DocuSign's numbered ones. */
  headers?: readonly string[];
  /** Dot path into the JSON body. */
  json?: string;
  /** Literal that must stand before the signature, such as `sha256=`. Case-sensitive. */
  prefix?: string;
  /** `key=value` pairs: `t=1,v1=ab,v1=cd`. Only `key` counts, and it may stand more than once. */
  pairs?: { separator: ',' | ';'; key: string };
  /** Space-separated list; entries that begin with this label, such as `v1,`, count. */
  listLabel?: string;
  encoding: Encoding;
}

export interface TimestampLocation {
  /** A header, a key of the signature's `pairs`, or a dot path into the JSON body. */
  from: { header: string } | { pair: string } | { json: string };
  unit: 'seconds' | 'milliseconds' | 'iso8601';
  /** How far it may lie from arrival, both ways. `null`: not enforced. */
  toleranceSeconds: number | null;
}

/** The signed content is these parts, concatenated as bytes. */
export type MessagePart =
  | string
  | { part: 'body' }
  /** As it stands in the request, not reformatted. */
  | { part: 'timestamp' }
  /** Must not contain the literal that follows it in the message: two requests could share one signed content. */
  | { part: 'header'; name: string }
  /** As `header`, and of characters that stand in a URL as they are (see `query.ts`). */
  | { part: 'query'; name: string }
  /** Required unless `optional`; an optional one that is absent or null counts as empty. */
  | { part: 'json'; path: string; optional?: true }
  /** The configured public URL. `unescape`: characters whose %-escapes the provider decodes before it signs (HubSpot). */
  | { part: 'url'; unescape?: string }
  | { part: 'method' }
  /** Form fields sorted by name, each name followed by its value (Twilio). */
  | { part: 'sortedForm' };

/** What every scheme with a secret of its own may say. */
interface PublishedSecrets {
  /** Secrets that are published for tests: anyone can sign with them, so none is ever accepted. */
  publishedSecrets?: readonly string[];
}

export interface HmacScheme extends PublishedSecrets {
  scheme: 'hmac';
  hash: 'sha1' | 'sha256' | 'sha512';
  /** How the secret's text becomes key bytes. `whsec`: base64 after the prefix `whsec_`. */
  key: 'utf8' | 'hex' | 'base64' | 'whsec';
  signature: SignatureLocation;
  timestamp?: TimestampLocation;
  message: readonly MessagePart[];
  /** Dot path to a JSON array that must hold exactly one element, because the signature covers one alone (Adyen). */
  onlyItem?: string;
}

export interface PublicKeyScheme extends PublishedSecrets {
  scheme: 'publicKey';
  algorithm: 'ed25519' | 'ecdsa-p256-sha256' | 'rsa-sha256' | 'rsa-sha1';
  /**
   * How the public key's text is written. `hex32`: 32 raw bytes. `whpk`: base64 of 32 raw bytes after `whpk_`. Signing
   * takes the private key in the same style: the 32-byte seed in hex, `whsk_` and base64, PKCS#8 in base64, or PEM.
   */
  key: 'hex32' | 'whpk' | 'spki-base64' | 'pem';
  signature: SignatureLocation;
  timestamp?: TimestampLocation;
  message: readonly MessagePart[];
}

/** A signature over a message, made with a key. */
export type KeyedScheme = HmacScheme | PublicKeyScheme;

/** A static credential in clear text: never shown to handlers, pages or logs. */
export interface TokenScheme extends PublishedSecrets {
  scheme: 'token';
  /** In a query parameter, token and prefix are of characters that stand in a URL as they are (see `query.ts`). */
  at: { header: string } | { query: string };
  /** Literal that stands before the token, such as `Bearer `. */
  prefix?: string;
}

/** HTTP basic authentication; the secret is `user:password`. */
export interface BasicScheme extends PublishedSecrets {
  scheme: 'basic';
}

/** For the few that no data describes. Must be pure but for an allow-listed, cached fetch, and must not throw. */
export type CodeScheme = JudgingCode | SigningCode;

interface CodeBase {
  scheme: 'code';
  /** How it works, in one line for the docs, such as `HMAC-SHA256, hex`. */
  summary: string;
  /** Whether the signature covers the whole body, byte for byte. */
  coversBody: boolean;
  /** Where values stand that the signature covers though it does not cover the whole body. */
  coversValues?: readonly Locator[];
  /** How far the timestamp that it checks may lie from arrival, both ways; absent where it checks none. */
  toleranceSeconds?: number;
  /** What it needs beyond headers and body. */
  needs?: RequestNeeds;
  /** The scheme that it comes down to, if its secrets are that scheme's; `secretProblem` is then not asked. */
  secretLike?: KeyedScheme;
  /** Why a secret is of no use, without quoting it. @default empty text and outer whitespace are refused */
  secretProblem?: (secret: string) => string | undefined;
  /**
   * A scheme in data that signs the same, for people: to explain a verification and to look for why a signature does not
   * match. Nothing is ever verified with it.
   */
  explainedBy?: HmacScheme;
  /** Gives the headers to send; absent where only the provider can sign. */
  sign?: (request: UnsignedRequest, secret: string) => Promise<SignedParts>;
}

/** Comes to the verdict itself. */
export interface JudgingCode extends CodeBase {
  /** Gets one to three usable secrets; the verdict's `secretIndex` counts in these. */
  verify: (request: SignedRequest, secrets: readonly string[], options: VerifyOptions) => Verdict | Promise<Verdict>;
}

/** Has a library make the signature of a body in UTF-8; the engine compares it with the one that the request carries. */
export interface SigningCode extends CodeBase {
  verify?: undefined;
  /** The header that carries the signature, in lower case. */
  header: string;
  /** Of the header's value, hex digits in lower case; in upper case it is the same signature. */
  form: RegExp;
  /** In words, as the end of the sentence "the header is not …". */
  formText: string;
  /** The header's value for a body. */
  make: (secret: string, body: string) => Promise<string>;
}

/**
 * Nothing is signed: whatever the endpoint lets in counts. The engine itself never says `ok` to it; only the pipeline
 * does, and only for a source whose plan says so.
 */
export interface NoneScheme {
  scheme: 'none';
  /** Whoever writes a definition without a signature says that they mean it. */
  acknowledgeRisk: true;
}

/** What a scheme needs of a request beyond headers and body. */
export interface RequestNeeds {
  /** The public URL must be configured. */
  url: boolean;
  method: boolean;
  /** Names of query parameters. */
  query: readonly string[];
}

/** How a provider signs. A closed union: adding one is a change to the engine and its tests. */
export type Scheme = DataScheme | CodeScheme;

/** The schemes that are data alone: they can stand in YAML and travel to other threads. */
export type DataScheme = KeyedScheme | TokenScheme | BasicScheme | NoneScheme;

export interface VerifyOptions {
  /** Overrides the scheme's tolerance. */
  toleranceSeconds?: number | undefined;
}

/** What `sign` starts from. */
export interface UnsignedRequest {
  body: Uint8Array;
  /** Headers that the scheme signs besides its own, such as `webhook-id`. */
  headers?: Readonly<Record<string, string>>;
  /** Epoch milliseconds that the signature claims. */
  timestamp: number;
  url?: string;
  method?: string;
  query?: Readonly<Record<string, string>>;
}

/** What `sign` adds: header fields, query parameters, and the body where the signature lives in it. */
export interface SignedParts {
  headers: Record<string, string>;
  /** @default none */
  query?: Readonly<Record<string, string>>;
  body: Uint8Array;
}
