/** Why a payload does not match its schema, in words that name places and keywords and never a value; undefined if it does. */
export type CheckPayload = (payload: unknown) => string | undefined;

/** What ajv makes of a schema, at run time or ahead of it as code. */
export interface ValidatePayload {
  (payload: unknown): unknown;
  errors?: readonly SchemaError[] | null;
}

/** As far as it is told: `params` and `data` hold values. */
interface SchemaError {
  /** JSON pointer into the payload. */
  instancePath: string;
  keyword: string;
  /** Names what the schema says, such as `must be number`. */
  message?: string;
}

const maxErrors = 10;
const maxPathLength = 200;

/** Turns an ajv function into a check. Carries no ajv itself, so that a bundle with code made ahead needs none. */
export function checkWith(validate: ValidatePayload): CheckPayload {
  return (payload) => {
    try {
      if (validate(payload) === true) return undefined;
      return (validate.errors ?? []).slice(0, maxErrors).map(describe).join('; ') || 'the payload does not match';
    } catch (error) {
      // A schema that refers to itself goes as deep as the payload does.
      if (error instanceof RangeError) return 'the payload is nested too deeply to be checked';
      throw error;
    }
  };
}

function describe({ instancePath, keyword, message = 'does not match' }: SchemaError): string {
  const path = instancePath === '' ? '(the payload)' : instancePath.slice(0, maxPathLength).toWellFormed();
  return `${path} ${message} [${keyword}]`;
}
