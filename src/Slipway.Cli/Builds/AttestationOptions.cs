using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Builds;

/// <summary>The options of a build about what it says of itself, with the spellings that buildx has.</summary>
internal sealed class AttestationOptions
{
    private readonly Option<string?> provenance = Declare.Text("--provenance", null, "max|min|false", "How much the statement beside the image says of the build (default max; min: no build arguments)");
    private readonly Option<bool> sbom = Declare.Flag("--sbom", null, "Attach the list of packages in the image, as SPDX");
    private readonly Option<string[]?> attest = Declare.Texts("--attest", null, "type=TYPE", "Another spelling: type=sbom, type=provenance,mode=min");
    private readonly Option<string?> sourceDate = Declare.Text("--source-date", null, "commit|none|SECONDS", "The image's time: of the context's newest commit (default), 2000-01-01, or one for its files too; SOURCE_DATE_EPOCH wins");

    public IEnumerable<Option> All => [provenance, sbom, attest, sourceDate];

    /// <summary>The options of a build with what was asked for here.</summary>
    public BuildOptions Apply(BuildOptions options, ParseResult parsed)
    {
        (string detail, bool bill) = (Detail(parsed.GetValue(provenance)), parsed.GetValue(sbom));
        foreach (string text in parsed.GetValue(attest) ?? [])
        {
            IReadOnlyDictionary<string, string> fields = FieldList.Read(text, "--attest", ["type", "mode", "disabled"]);
            switch (fields.GetValueOrDefault("type"))
            {
                case "sbom":
                    bill = fields.GetValueOrDefault("disabled") != "true";
                    break;
                case "provenance":
                    detail = fields.GetValueOrDefault("disabled") == "true" ? "none" : Detail(fields.GetValueOrDefault("mode"));
                    break;
                default:
                    throw new CliException($"--attest {text} names no type that is known", "use type=sbom or type=provenance", usage: true);
            }
        }

        return options with
        {
            Provenance = detail,
            Sbom = bill,
            SourceDateEpoch = options.SourceDateEpoch ?? parsed.GetValue(sourceDate) switch
            {
                null or "commit" => null,
                "none" => BuildOptions.ConstantTime,
                string seconds => Values.Seconds(seconds, "--source-date"),
            },
        };
    }

    private static string Detail(string? text) => text switch
    {
        null or "true" or "max" or "mode=max" => "max",
        "min" or "mode=min" => "min",
        "false" or "none" => "none",
        _ => throw new CliException($"--provenance {text} is not known", "use max, min or false", usage: true),
    };
}
