import { verify as verifySignature } from 'node:crypto';
import { createCertificateStore, type CertificateOptions } from '../../src/signature/certificates.ts';
import { decode } from '../../src/signature/encoding.ts';
import { getPath } from '../../src/signature/json-path.ts';
import { isRefusal, refuse, type Refusal } from '../../src/signature/refusal.ts';
import { RequestReader } from '../../src/signature/request-reader.ts';
import type { CodeScheme } from '../../src/signature/scheme.ts';
import { timestampProblem } from '../../src/signature/timestamp.ts';
import type { SignedRequest } from '../../src/signature/types.ts';

/**
 * SNS signs fixed fields of the message with RSA and names its certificate's URL.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 *
 * Anyone can have a topic, so a signature alone proves nothing: the topic's ARN takes the place of the secret.
 *
 * @param version The topic's `SignatureVersion`: 2 signs with SHA-256, 1 with SHA-1. What a request claims has no say.
 */
export function snsScheme(version: '1' | '2', options: CertificateOptions = {}): CodeScheme {
  const digest = version === '2' ? 'sha256' : 'sha1';
  const certificates = createCertificateStore(rules, options);
  return {
    scheme: 'code',
    summary: `RSA-${digest.toUpperCase()} over fields of the message, base64`,
    coversBody: false,
    coversValues: [{ json: 'MessageId' }, { json: 'Type' }],
    toleranceSeconds: timestamp.toleranceSeconds,
    secretProblem: (text) => (topicArn.test(text) ? undefined : "is not a topic's ARN"),
    async verify(request, topicArns, { toleranceSeconds }) {
      const message = readMessage(request, version);
      if (isRefusal(message)) return message;
      const problem = timestampProblem(timestamp, message.time, request.receivedAt, toleranceSeconds);
      if (problem) return problem;
      const secretIndex = topicArns.indexOf(message.topic);
      if (secretIndex === -1) return refuse('signature_mismatch', 'the message is of another topic');
      const certificate = await certificates.get(message.certUrl, request.receivedAt);
      if (isRefusal(certificate)) return certificate;
      if (verifySignature(digest, message.signed, certificate.publicKey, message.signature))
        return { ok: true, secretIndex };
      return refuse('signature_mismatch', "the certificate's key did not sign this message");
    },
  };
}

const topicArn = /^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/;

// `sns.s3-us-west-2.amazonaws.com` would be a bucket that anyone may have. Regions that one opts in to, GovCloud, China and
// the European Sovereign Cloud have names of their own: SnsHostProvider.java of aws/aws-sdk-java-v2.
const rules = {
  host: /^sns\.[a-z]{2,4}(-[a-z]+)+-\d\.amazonaws\.(com(\.cn)?|eu)$/,
  path: /^\/SimpleNotificationService-[0-9a-f]{1,64}\.pem$/,
  commonName: /^sns(-signing)?([.-][a-z0-9-]+)?\.amazonaws\.(com(\.cn)?|eu)$/,
};

/** It is that of publishing; retries go on for an hour at most, and no clock is quite right. */
const timestamp = { from: { json: 'Timestamp' }, unit: 'iso8601', toleranceSeconds: 2 * 3600 } as const;

/** The fields that are signed, in their order; `Subject` only where there is one. */
const signedFields = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

interface SnsMessage {
  signed: Buffer;
  signature: Buffer;
  certUrl: string;
  topic: string;
  time: string | undefined;
}

function readMessage(request: SignedRequest, version: string): SnsMessage | Refusal {
  const json = new RequestReader(request).json();
  if (isRefusal(json)) return json;
  const text = (name: string) => {
    const value = getPath(json.value, name);
    return typeof value === 'string' ? value : undefined;
  };
  const [signatureText, type, topic] = [text('Signature'), text('Type'), text('TopicArn')];
  if (signatureText === undefined || signatureText === '')
    return refuse('missing_signature', 'the message has no Signature');
  if (text('SignatureVersion') !== version)
    return refuse(
      'malformed_signature',
      `SignatureVersion is not ${version}: set that attribute on the topic, or another verify on the source`,
    );
  const signature = decode('base64', signatureText);
  const certUrl = text('SigningCertURL');
  if (!signature || certUrl === undefined)
    return refuse('malformed_signature', 'Signature is not base64, or SigningCertURL is absent');
  if (type === undefined || !isMessageType(type) || topic === undefined)
    return refuse('malformed_body', 'the body is no message of SNS');
  const pieces: string[] = [];
  for (const name of signedFields[type]) {
    const value = text(name);
    // Line feeds keep the signed fields apart, and nothing is escaped: while one stands in Message alone, which is first, no two
    // messages have the same signed text. SNS takes none in a subject.
    if (name !== 'Message' && value?.includes('\n'))
      return refuse('malformed_body', `the signed field ${name} holds a line feed, which keeps signed fields apart`);
    if (value !== undefined) pieces.push(`${name}\n${value}\n`);
    else if (name !== 'Subject') return refuse('malformed_body', `the signed field ${name} is absent or no text`);
  }
  return { signed: Buffer.from(pieces.join('')), signature, certUrl, topic, time: text('Timestamp') };
}

function isMessageType(type: string): type is keyof typeof signedFields {
  return Object.hasOwn(signedFields, type);
}
