using System.Globalization;

namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    /// <summary>The commits that touched a path or a pattern, newest first.</summary>
    public IAsyncEnumerable<FileTouch> FindTouchesAsync(string at, int? limit, CancellationToken cancellationToken) => StreamAsync(
        Routes.WithQuery(Routes.FilesFind, ("at", at), ("limit", limit?.ToString(CultureInfo.InvariantCulture))), ApiJson.Default.FileTouch, cancellationToken);
}
