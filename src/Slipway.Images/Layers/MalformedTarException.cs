namespace Slipway.Images.Layers;

/// <summary>A fault in a tar's bytes, found where the entry's name is not known; the reader catches it and says after which entry it stands.</summary>
internal sealed class MalformedTarException(string message) : Exception(message);
