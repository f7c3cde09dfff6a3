import type { DataScheme, Locator, Scheme, TimestampLocation } from '../signature/scheme.ts';
import type { RejectionReason } from '../signature/types.ts';

/**
 * What Hookport knows of one SaaS: what it sends and how it signs. Data, one file each in `providers/`; samples and
 * dashboard steps stand apart in `providers/samples/`, so that no Lambda carries them.
 */
export interface Provider {
  /** Kebab-case; the file's name and what the YAML says. */
  id: string;
  /** As the company writes it. */
  name: string;
  /** Its own page about verifying webhooks. Those that come with Hookport all say it. */
  docs?: string;
  /** When the facts here were last compared with that page, `YYYY-MM-DD`. */
  checkedAt?: string;
  /** One scheme, or named alternatives that the configuration chooses from, never the request. The first is the default. */
  verify: Scheme | { alternatives: Readonly<Record<string, Scheme>> };
  /** The only headers that are kept, lower-case. `always`: on every delivery; `sometimes`: not mapped until proved harmless. */
  headers: Readonly<Record<string, 'always' | 'sometimes'>>;
  /** The only query parameters that are kept, by case-sensitive name; as `headers`. @default none */
  query?: Readonly<Record<string, 'always' | 'sometimes'>>;
  /** Where the event type stands; the first that is present counts. */
  eventType: readonly Locator[];
  /** Where the delivery id stands, and whether the signature covers it; `hash` where the provider sends none. */
  deliveryId: { at: readonly Locator[]; signed: boolean } | 'hash';
  /**
   * Where a request says when its event happened, and how the time is written; the first place that holds a time in its
   * unit counts. @default nowhere
   */
  occurredAt?: readonly { at: Locator; unit: TimestampLocation['unit'] }[];
  /** Where one request carries several events. */
  items?: Items;
  /** Why the provider takes no endpoint that merely keeps what arrives; a source of its own is then refused. */
  direct?: { supported: false; reason: string };
  /** The field of a form body in which the JSON payload stands (GitHub). */
  formPayload?: string;
  limits?: {
    /** The largest body that the provider sends, in bytes. */
    bodyBytes?: number;
    /** What it waits for an answer, in seconds. */
    answerSeconds?: number;
  };
  /** When the provider sends again; for people, and the floor of `deduplicate`. */
  retry: { text: string; horizonSeconds: number };
  /** Which of the facts above no page or code was found for that says so: they are shown as such. @default none */
  unconfirmed?: readonly ('retry' | keyof NonNullable<Provider['limits']>)[];
}

/** The array of events in a request that carries several, and what each of them holds at which dot path. */
export interface Items {
  /** Of the array in the JSON body; '' is the body itself. */
  path: string;
  type?: string;
  id?: string;
  occurredAt?: { path: string; unit: TimestampLocation['unit'] };
  /** The one of the alternatives whose requests have it. @default all */
  verify?: string;
}

/** A provider whose schemes are data alone: it can stand in YAML and travel to other threads. */
export type DataProvider = Omit<Provider, 'verify'> & {
  verify: DataScheme | { alternatives: Readonly<Record<string, DataScheme>> };
};

/** The providers that a configuration may name. A parameter everywhere but in the composition roots. */
export interface Catalogue {
  get(id: string): Provider | undefined;
  /** Alphabetical. */
  ids(): readonly string[];
}

/** A request that a provider would send, before it is signed. */
export interface Sample {
  /** What the provider calls the event, as `hookport send <source> <event>` names it. */
  event: string;
  /** Headers besides those that signing adds. */
  headers: Readonly<Record<string, string>>;
  /** Query parameters besides those that signing adds, not escaped. @default none */
  query?: Readonly<Record<string, string>>;
  body: string;
  /** The one of the provider's alternatives that signs such a request. @default any of them */
  verify?: string;
}

/**
 * A request whose verdict somebody else has published, or made with other means than Hookport. Its secret is for tests: no
 * source may have it.
 */
export interface Vector {
  /** Where it is published, or how it was made. */
  origin: string;
  /** The one of the provider's alternatives that it is for. @default the first */
  verify?: string;
  /** As a source would be given it: the signing secret, the public key, the token, or `user:password`. */
  secret: string;
  /** As the request carried them, by lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** As the URL's query held them, unescaped. @default none */
  query?: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** When it arrived, in epoch milliseconds. Needed where a timestamp is signed. */
  receivedAt?: number;
  /** The public URL, where the provider signs it. */
  url?: string;
  /** @default POST */
  method?: string;
  expect: 'verified' | RejectionReason;
  /** What the definition must find in it. @default not looked at */
  eventType?: string;
  deliveryId?: string;
}

/** What a person needs to connect a provider, and what `hookport send` sends. */
export interface ProviderGuide {
  id: string;
  /** Steps in the provider's dashboard; `{url}` stands for the endpoint's URL. */
  setup: readonly string[];
  /** Who makes the secret: the provider shows it, you choose it, it is a public key, or there is none. */
  secretFrom: 'provider' | 'you' | 'publicKey' | 'none';
  /**
   * Credentials of the provider that are easily taken for the signing secret: by the prefix that it has published, what each
   * is, such as `an API key`; and what to take instead. Those alone that can never sign. @default none
   */
  otherCredentials?: { prefixes: Readonly<Record<string, string>>; instead: string };
  /**
   * What the definition is proved against: a `vector` that others published, an `sdk` of the provider's that signs or
   * verifies in the tests, or nothing but itself (`self`). `source` names it, for the docs.
   */
  proof?: { kind: 'vector' | 'sdk' | 'self'; source: string };
  /** Loaded only when asked for: some are large. */
  samples(): Promise<readonly Sample[]>;
  /** What `hookport providers check` proves the definition with. @default none */
  vectors?(): Promise<readonly Vector[]>;
}
