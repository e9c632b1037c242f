/** `GET /internal/contacts/{userId}`; 404 while notification has not heard of the person. */
export interface ContactState {
  /** The person has sent STOP to our number: the network takes no SMS for them. */
  optedOut: boolean;
}
