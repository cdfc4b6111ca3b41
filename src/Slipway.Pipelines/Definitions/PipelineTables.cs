using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Definitions;

/// <summary>
/// Pipelines as they are stored: in <c>pipelines</c> the current version's number by name, in <c>pipeline-versions</c> every version by
/// name and number. Versions outlive their pipeline, since jobs and lineage name them.
/// </summary>
internal static class PipelineTables
{
    private static readonly Table<PipelineRow> Current = new("pipelines", PipelineJson.Default.PipelineRow);
    private static readonly Table<PipelineVersionRow> Versions = new("pipeline-versions", PipelineJson.Default.PipelineVersionRow);

    /// <summary>The current version, or null where there is no such pipeline.</summary>
    public static async ValueTask<Pipeline?> FindAsync(IMetadataReader reader, PipelineName name, CancellationToken cancellationToken) =>
        await Current.FindAsync(reader, name.ToString(), cancellationToken) is { } row ? await FindAsync(reader, name, row.Version, cancellationToken) : null;

    /// <summary>One version, also of a pipeline that is deleted.</summary>
    public static async ValueTask<Pipeline?> FindAsync(IMetadataReader reader, PipelineName name, int version, CancellationToken cancellationToken) =>
        await Versions.FindAsync(reader, Key(name, version), cancellationToken) is { } row ? Decode(name, version, row) : null;

    /// <summary>The current version of every pipeline, by name.</summary>
    public static async ValueTask<IReadOnlyList<Pipeline>> ListAsync(IMetadataReader reader, CancellationToken cancellationToken)
    {
        var pipelines = new List<Pipeline>();
        await foreach ((string name, PipelineRow row) in Current.ScanAsync(reader, null, cancellationToken))
        {
            if (await FindAsync(reader, PipelineName.Parse(name), row.Version, cancellationToken) is { } pipeline)
            {
                pipelines.Add(pipeline);
            }
        }

        return pipelines;
    }

    /// <summary>The versions of a name, oldest first.</summary>
    public static async ValueTask<IReadOnlyList<Pipeline>> ListVersionsAsync(IMetadataReader reader, PipelineName name, CancellationToken cancellationToken)
    {
        var versions = new List<Pipeline>();
        await foreach ((string key, PipelineVersionRow row) in Versions.ScanAsync(reader, name.ToString(), cancellationToken))
        {
            versions.Add(Decode(name, int.Parse(key.Split(TableKey.Separator)[1], CultureInfo.InvariantCulture), row));
        }

        return versions;
    }

    /// <summary>Adds a version and makes it the current one.</summary>
    public static async ValueTask<Pipeline> AddAsync(
        IMetadataTransaction transaction, PipelineSpec spec, PipelineImage image, DateTimeOffset now, CancellationToken cancellationToken)
    {
        int version = 1;
        await foreach ((string key, _) in Versions.ScanAsync(transaction, spec.Name.ToString(), cancellationToken, descending: true, limit: 1))
        {
            version = int.Parse(key.Split(TableKey.Separator)[1], CultureInfo.InvariantCulture) + 1;
        }

        await Versions.PutAsync(transaction, Key(spec.Name, version), new PipelineVersionRow(SpecWriter.Write(spec), image.Manifest, image.RunIdentity, now), cancellationToken);
        await Current.PutAsync(transaction, spec.Name.ToString(), new PipelineRow(version), cancellationToken);
        return new Pipeline { Name = spec.Name, Version = version, Spec = spec, Image = image, Created = now };
    }

    /// <summary>Removes the pipeline; with <paramref name="versions"/> also all of its versions.</summary>
    public static async ValueTask DeleteAsync(IMetadataTransaction transaction, PipelineName name, bool versions, CancellationToken cancellationToken)
    {
        await Current.DeleteAsync(transaction, name.ToString(), cancellationToken);
        foreach (Pipeline version in versions ? await ListVersionsAsync(transaction, name, cancellationToken) : [])
        {
            await Versions.DeleteAsync(transaction, Key(name, version.Version), cancellationToken);
        }
    }

    private static Pipeline Decode(PipelineName name, int version, PipelineVersionRow row) => new()
    {
        Name = name,
        Version = version,
        Spec = SpecReader.Read(row.Spec, $"{name}.v{version}.json")[0],
        Image = new PipelineImage(row.Image, row.RunIdentity ?? row.Image),
        Created = row.Created,
    };

    private static string Key(PipelineName name, int version) =>
        TableKey.Join(name.ToString(), version.ToString("d8", CultureInfo.InvariantCulture));
}

/// <summary>A row of <c>pipelines</c>.</summary>
internal sealed record PipelineRow(int Version);

/// <summary>A row of <c>pipeline-versions</c>; the spec is its canonical JSON.</summary>
/// <param name="Image">The manifest's digest.</param>
/// <param name="RunIdentity">Null in rows of before it was kept: the manifest's digest stands in, which is no run identity, so that their datums run again.</param>
internal sealed record PipelineVersionRow(string Spec, Digest Image, Digest? RunIdentity, DateTimeOffset Created);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PipelineRow))]
[JsonSerializable(typeof(PipelineVersionRow))]
internal sealed partial class PipelineJson : JsonSerializerContext;
