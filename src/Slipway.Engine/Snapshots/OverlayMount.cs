using Slipway.Content;

namespace Slipway.Engine;

/// <summary>A mounted overlayfs; disposing it unmounts. Surface only for now; the body follows.</summary>
public sealed class OverlayMount : IAsyncDisposable
{
    private OverlayMount(string target) => Target = target;

    public string Target { get; }

    /// <summary>Mounts; all directories must exist. <paramref name="work"/> is empty and on the file system of <paramref name="upper"/>.</summary>
    public static OverlayMount Mount(IReadOnlyList<string> lower, string upper, string work, string target) => throw new SlipwayException(ErrorKind.Internal, "overlay mounts are being written");

    public ValueTask DisposeAsync() => throw new SlipwayException(ErrorKind.Internal, "overlay mounts are being written");
}
