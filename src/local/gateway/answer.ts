/** A whole HTTP answer. */
export interface Answer {
  status: number;
  contentType: string;
  body: string;
  /** Of the body, in bytes. @default counted */
  length?: number;
  /** Names and values in turn, besides those that every answer has. */
  headers?: readonly string[];
}

/** To a request of a source, instead of 200. */
const refusals = {
  badRequest: own(400, 'Bad Request'),
  unauthorized: { ...own(401, 'Unauthorized'), headers: ['www-authenticate', 'Bearer'] },
  forbidden: own(403, 'Forbidden'),
  tooLarge: own(413, 'Request Entity Too Large'),
  tooManyRequests: own(429, 'Too Many Requests'),
  internalError: own(500, 'Internal Server Error'),
  unavailable: own(503, 'Service Unavailable'),
};

/** Answers of API Gateway's own, with its wording. */
export const answers = {
  ...refusals,
  notFound: own(404, 'Not Found'),
  headersTooLarge: own(431, 'Request Header Fields Too Large'),
} as const satisfies Record<string, Answer>;

/** What a source's requests may be answered with instead of 200. */
export const refusalStatuses = Object.values(refusals).map(({ status }) => status);

function own(status: number, message: string): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify({ message }) };
}
