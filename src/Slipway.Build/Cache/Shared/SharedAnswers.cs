using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build.Cache.Shared;

/// <summary>What a step made, as a shared cache says it.</summary>
/// <param name="Key">The step's key.</param>
/// <param name="Instruction">For people who look into the cache.</param>
/// <param name="ByContent">Where <paramref name="Key"/> is one by layers: the step's key by what it reads from them.</param>
public sealed record SharedAnswer(Digest Key, string MediaType, Digest Layer, long Size, Digest DiffId, string Instruction, Digest? ByContent = null)
{
    /// <summary>The layer.</summary>
    public Layer ToLayer() => new(new(MediaType, Layer, Size), DiffId);

    /// <summary>Whether the layer's digest says what its files are, so that nobody can answer with files other than those that the chain id names.</summary>
    [JsonIgnore]
    public bool IsPlain => MediaType == MediaTypes.OciLayer && DiffId == Layer;
}

/// <summary>
/// The content of a shared cache: answers by key, and which of their layers it holds. An answer whose layer it does not hold still leads on to the steps that stand
/// on it or copy from it: so a cache of the result's layers alone answers a build of several stages whole.
/// </summary>
public sealed record SharedAnswers(ImmutableArray<SharedAnswer> Steps, ImmutableHashSet<Digest> Held)
{
    /// <summary>The media type of the blob that lists the answers; as a manifest's config it makes the manifest an artifact of this kind.</summary>
    public const string ConfigType = "application/vnd.slipway.build-cache.v1+json";

    /// <summary>Bytes of the largest list that is read.</summary>
    public const long LargestConfig = 64 << 20;

    /// <summary>The list of the answers. The same answers give the same bytes.</summary>
    public byte[] ToConfig() =>
        JsonSerializer.SerializeToUtf8Bytes(new SharedConfig(1, [.. Steps.OrderBy(step => step.Key)]), SharedJson.Default.SharedConfig);

    /// <summary>The manifest: the list, and the layers that are held.</summary>
    public byte[] ToManifest(ReadOnlySpan<byte> config)
    {
        IEnumerable<Descriptor> layers = Steps.Where(step => Held.Contains(step.Layer)).DistinctBy(step => step.Layer).OrderBy(step => step.Layer).Select(step => step.ToLayer().Descriptor);
        return new ImageManifest(new(ConfigType, Digest.Of(config), config.Length), [.. layers]).ToJson();
    }

    /// <summary>The list's descriptor in a manifest.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it is no manifest of such a cache.</exception>
    public static Descriptor ConfigOf(ManifestContent manifest, string name) => manifest.Config is { MediaType: ConfigType, Size: <= LargestConfig } config
        ? config
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"{name} is no cache that slipway build wrote: it is {manifest.ArtifactType ?? manifest.MediaType}");

    /// <summary>Reads both.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: the list is none that is known here.</exception>
    public static SharedAnswers Read(ManifestContent manifest, ReadOnlyMemory<byte> config, string name)
    {
        try
        {
            SharedConfig? read = JsonSerializer.Deserialize(config.Span, SharedJson.Default.SharedConfig);
            if (read is not { Version: 1, Steps.IsDefault: false })
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"{name} is a cache of version {read?.Version}, and version 1 is known here");
            }

            return new([.. read.Steps.Where(step => step is { IsPlain: true, Instruction: not null })], [.. manifest.Layers.Select(layer => layer.Digest)]);
        }
        catch (JsonException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the list of answers in {name} is damaged: {fault.Message}", innerException: fault);
        }
    }
}

/// <summary>The list as it is written.</summary>
internal sealed record SharedConfig(int Version, ImmutableArray<SharedAnswer> Steps);

[JsonSerializable(typeof(SharedConfig))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class SharedJson : JsonSerializerContext;
