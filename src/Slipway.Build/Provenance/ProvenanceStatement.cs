using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Referrers;

namespace Slipway.Build.Provenance;

/// <summary>
/// What an image was built from, as an in-toto statement (in-toto attestation, spec/v1/statement.md) with SLSA's provenance (slsa.dev/spec/v1.1/provenance) as its
/// predicate. Pure, and without a clock: the same build on another machine or day says the same, byte for byte.
/// </summary>
internal static class ProvenanceStatement
{
    /// <summary>The media type of a statement without a signature, and the type of the artifact that carries it.</summary>
    public const string MediaType = MediaTypes.Statement;

    public const string StatementType = "https://in-toto.io/Statement/v1";
    public const string PredicateType = "https://slsa.dev/provenance/v1";

    /// <summary>Names the parameters' meaning; docs/dockerfile.md has it.</summary>
    public const string BuildType = "https://slipway.dev/dockerfile-build/v1";

    /// <summary>A builder on whoever's machine it runs: its statement is as trustworthy as that machine.</summary>
    public const string BuilderId = "https://slipway.dev/builder/v1";

    /// <summary>On the referrer, so that a registry's list of referrers says what kind of statement it is.</summary>
    public const string PredicateTypeAnnotation = "in-toto.io/predicate-type";

    public const string RevisionAnnotation = "org.opencontainers.image.revision";
    public const string SourceAnnotation = "org.opencontainers.image.source";

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="source">Where the context came from.</param>
    /// <param name="image">With the annotations of its manifest, which the referrer repeats.</param>
    /// <param name="context">Of what was read from the context.</param>
    /// <param name="downloads">What ADD brought from elsewhere.</param>
    public static Artifact Of(BuildRequest request, BuildSource? source, BuildPlan plan, Image image, Digest context, ImmutableArray<ResolvedDependency> downloads)
    {
        ImmutableSortedDictionary<string, string>.Builder annotations = image.Annotations.ToBuilder();
        annotations[PredicateTypeAnnotation] = PredicateType;
        if (source is not null)
        {
            Set(annotations, SourceAnnotation, source.Uri is { } uri ? SourceUri.WithoutSecrets(uri) : null);
            Set(annotations, RevisionAnnotation, source.Commit);
            Set(annotations, ImageBuilder.DirtySourceAnnotation, source.Commit is null ? null : source.DirtyText);
        }

        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            Write(json, request, image, BuildDependencies.Of(request, source, plan, context, downloads));
        }

        return new(MediaType, buffer.WrittenMemory) { Annotations = annotations.ToImmutable() };
    }

    private static void Write(Utf8JsonWriter json, BuildRequest request, Image image, ImmutableArray<ResolvedDependency> dependencies)
    {
        json.WriteStartObject();
        json.WriteString("_type", StatementType);
        json.WriteStartArray("subject");
        json.WriteStartObject();
        WriteDigest(json, "sha256", image.Digest.Hex);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("predicateType", PredicateType);
        json.WriteStartObject("predicate");
        json.WriteStartObject("buildDefinition");
        json.WriteString("buildType", BuildType);
        json.WriteStartObject("externalParameters");
        ExternalParameters.Write(json, request, image.Config.Architecture);
        json.WriteEndObject();
        json.WriteStartArray("resolvedDependencies");
        foreach (ResolvedDependency dependency in dependencies)
        {
            Write(json, dependency);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("runDetails");
        json.WriteStartObject("builder");
        json.WriteString("id", BuilderId);
        json.WriteStartObject("version");
        json.WriteString("slipway", ImageBuilder.Version);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ResolvedDependency dependency)
    {
        json.WriteStartObject();
        if (dependency.Name is { } name)
        {
            json.WriteString("name", name);
        }

        if (dependency.Uri is { } uri)
        {
            json.WriteString("uri", uri);
        }

        WriteDigest(json, dependency.Algorithm, dependency.Value);
        if (!dependency.Annotations.IsEmpty)
        {
            json.WriteStartObject("annotations");
            foreach ((string key, string value) in dependency.Annotations)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteDigest(Utf8JsonWriter json, string algorithm, string value)
    {
        json.WriteStartObject("digest");
        json.WriteString(algorithm, value);
        json.WriteEndObject();
    }

    private static void Set(ImmutableSortedDictionary<string, string>.Builder annotations, string key, string? value)
    {
        if (value is not null)
        {
            annotations[key] = value;
        }
    }
}
