/** As the endpoint writes it. */
const headers = `x-github-event: push\nx-hub-signature-256: sha256=${'a'.repeat(64)}\n`;

/** 2 KB, with an attribute, in the shape of the Queue port. */
export const message = {
  body: JSON.stringify({ event: 'push', text: 'x'.repeat(2018) }),
  attributes: { Headers: { dataType: 'String', stringValue: headers } },
};

/** In the shape of the AWS SDK. */
export const sdkMessage = {
  MessageBody: message.body,
  MessageAttributes: { Headers: { DataType: 'String', StringValue: headers } },
};
