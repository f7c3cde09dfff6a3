/** 2 KB, with an attribute as the endpoint writes it. */
const body = JSON.stringify({ event: 'push', text: 'x'.repeat(2018) });

const headers = `x-github-event: push\nx-hub-signature-256: sha256=${'a'.repeat(64)}\n`;

/** In the shape of the Queue port. */
export const message = { body, attributes: { Headers: { dataType: 'String', stringValue: headers } } };

/** In the shape of the AWS SDK. */
export const sdkMessage = {
  MessageBody: body,
  MessageAttributes: { Headers: { DataType: 'String', StringValue: headers } },
};
