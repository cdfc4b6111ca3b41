namespace Slipway.Api;

/// <summary>Files and folders of the server's own machine that it reads itself.</summary>
/// <param name="Sources">One folder alone gives what is in it; several sources each go below the target under their names.</param>
public sealed record LocalPutRequest(IReadOnlyList<LocalSource> Sources);
