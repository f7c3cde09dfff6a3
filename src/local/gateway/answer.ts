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

/** Answers of API Gateway's own, with its wording. */
export const answers = {
  badRequest: own(400, 'Bad Request'),
  unauthorized: { ...own(401, 'Unauthorized'), headers: ['www-authenticate', 'Bearer'] },
  forbidden: own(403, 'Forbidden'),
  notFound: own(404, 'Not Found'),
  requestTimeout: own(408, 'Request Timeout'),
  tooLarge: own(413, 'Request Entity Too Large'),
  tooManyRequests: own(429, 'Too Many Requests'),
  headersTooLarge: own(431, 'Request Header Fields Too Large'),
  internalError: own(500, 'Internal Server Error'),
  unavailable: own(503, 'Service Unavailable'),
} as const satisfies Record<string, Answer>;

function own(status: number, message: string): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify({ message }) };
}
