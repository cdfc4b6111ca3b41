namespace Slipway.Api;

/// <summary>What we wanted to send could not be read; the request was abandoned and the server changed nothing.</summary>
public sealed class BodyException(Exception cause) : Exception(cause.Message, cause);
