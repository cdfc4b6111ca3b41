namespace Slipway.Cli.Data.Sources;

/// <summary>A file elsewhere that is put.</summary>
/// <param name="Name">Where it goes, relative: "a/b".</param>
/// <param name="Address">Where it is read.</param>
/// <param name="Size">Bytes, where a listing said so: the answer must have as many.</param>
internal sealed record RemoteFile(string Name, Uri Address, long? Size);
