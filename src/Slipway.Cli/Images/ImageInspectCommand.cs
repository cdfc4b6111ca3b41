using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Images;

internal sealed class ImageInspectCommand : CliCommand
{
    private readonly Argument<string> image = Declare.Required("IMAGE", "A name or the beginning of a digest");
    private readonly Option<string?> format = Declare.Output();

    public ImageInspectCommand()
        : base("inspect", "Show what an image holds and where it comes from")
    {
        Add(image);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway image inspect train", "Its command, layers, history and the digest of its Dockerfile")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        ImageDetails details = await context.Client.InspectImageAsync(parsed.GetValue(image)!, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, details, ApiJson.Default.ImageDetails);
            return ExitCodes.Success;
        }

        Facts facts = new();
        facts.Add("digest", details.Digest);
        facts.Add("names", string.Join(", ", details.References));
        facts.Add("created", details.Created is { } created ? Format.Time(created) : null);
        facts.Add("size", Format.Bytes(details.Size));
        facts.Add("platform", $"{details.Os}/{details.Architecture}");
        facts.Add("entrypoint", details.Entrypoint is null ? null : string.Join(' ', details.Entrypoint));
        facts.Add("command", details.Command is null ? null : string.Join(' ', details.Command));
        facts.Add("folder", details.WorkingDirectory);
        facts.Add("user", details.User);
        AddAll(facts, "env", details.Environment);
        AddAll(facts, "port", details.ExposedPorts);
        AddAll(facts, "volume", details.Volumes);
        AddAll(facts, "label", details.Labels.Select(static label => $"{label.Key}={label.Value}"));
        AddAll(facts, "note", details.Annotations.Select(static note => $"{note.Key}={note.Value}"));
        AddAll(facts, "attached", details.Referrers.Select(Attached));
        AddAll(facts, "layer", details.Layers.Select(static layer => $"{layer.DiffId}  {Format.Bytes(layer.Size)}"));
        AddAll(facts, "made by", details.History.Select(static step => step.CreatedBy ?? step.Comment ?? ""));
        facts.Write(context.Out);
        return ExitCodes.Success;
    }

    // "application/vnd.in-toto+json  sha256:…  commit 1234…, changed since"
    private static string Attached(ImageReferrer referrer)
    {
        string commit = referrer.Annotations.TryGetValue("org.opencontainers.image.revision", out string? revision) ? $"  commit {revision}" : "";
        string dirty = referrer.Annotations.GetValueOrDefault("dev.slipway.source.dirty") switch
        {
            "true" => ", changed since",
            "unknown" => ", not known whether changed since",
            _ => "",
        };
        return $"{referrer.ArtifactType ?? "of no type"}  {referrer.Digest}{commit}{dirty}";
    }

    private static void AddAll(Facts facts, string name, IEnumerable<string> values)
    {
        foreach (string value in values)
        {
            facts.Add(name, value);
        }
    }
}
