using System.Collections.Immutable;
using System.Globalization;
using Slipway.Api;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Api;

/// <summary>Images as the wire says them.</summary>
internal static class ImageWire
{
    public static ImageDetails Details(Image image, IReadOnlyList<string> references, IEnumerable<ManifestRecord> referrers)
    {
        ImageConfig config = image.Config;
        return new()
        {
            Digest = image.Digest.ToString(),
            ConfigDigest = image.ConfigDigest.ToString(),
            References = references,
            Created = Time(config.Created),
            Size = image.Size,
            Architecture = config.Architecture,
            Os = config.Os,
            Entrypoint = config.Entrypoint,
            Command = config.Cmd,
            Environment = config.Env,
            WorkingDirectory = config.WorkingDir,
            User = config.User,
            StopSignal = config.StopSignal,
            ExposedPorts = [.. config.ExposedPorts],
            Volumes = [.. config.Volumes],
            Labels = config.Labels,
            Annotations = image.Annotations,
            Referrers = [.. referrers.Select(referrer => new ImageReferrer(referrer.Manifest.ToString(), referrer.ArtifactType, referrer.Size) { Annotations = referrer.Annotations })],
            Layers = [.. image.Layers.Select(layer => new ImageLayer(
                layer.Descriptor.Digest.ToString(), layer.DiffId.ToString(), layer.Descriptor.MediaType, layer.Descriptor.Size))],
            History = [.. config.History.Select(entry => new ImageHistory(Time(entry.Created), entry.CreatedBy, entry.Comment, entry.EmptyLayer))],
        };
    }

    /// <summary>The config that an imported root file system gets.</summary>
    public static ImageConfig Config(ImportImageOptions options) => new()
    {
        Cmd = options.Command is { } command ? [.. command] : null,
        Entrypoint = options.Entrypoint is { } entrypoint ? [.. entrypoint] : null,
        Env = [.. options.Environment],
        WorkingDir = options.WorkingDirectory ?? "",
        User = options.User ?? "",
        Labels = options.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal),
        History = [new HistoryEntry(null, null, options.Message ?? "imported", null, EmptyLayer: false)],
    };

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
