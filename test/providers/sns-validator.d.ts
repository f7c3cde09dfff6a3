declare module 'sns-validator' {
  export default class MessageValidator {
    validate(message: Readonly<Record<string, string>>, done: (error: Error | null) => void): void;
  }
}
