namespace Slipway.Api;

/// <summary>A folder of a repo that the server writes into a folder of its own machine.</summary>
/// <param name="Target">The folder; it is there already.</param>
/// <param name="Overwrite">Files that are there are replaced.</param>
public sealed record LocalGetRequest(LocalSource Target, bool Overwrite = false);
