using System.Text;

namespace Slipway.Cli.Builds;

/// <summary>Reads the secrets that --secret names. They go to the server in the body of the request, and to no disk, log or argument list.</summary>
internal static class BuildSecrets
{
    /// <param name="texts"><c>id=NAME[,src=FILE|,env=VARIABLE]</c>; with the id alone the variable of that name, else the file.</param>
    public static Dictionary<string, byte[]> Read(CommandContext context, IReadOnlyList<string>? texts)
    {
        Dictionary<string, byte[]> secrets = new(StringComparer.Ordinal);
        foreach (string text in texts ?? [])
        {
            Dictionary<string, string> fields = FieldList.Read(text, "--secret", ["id", "src", "source", "env", "type"]);
            string? file = fields.GetValueOrDefault("src") ?? fields.GetValueOrDefault("source");
            string? variable = fields.GetValueOrDefault("env");
            if (fields.GetValueOrDefault("type") == "env" && file is not null)
            {
                (variable, file) = (file, null);
            }

            string id = fields.GetValueOrDefault("id") ?? Path.GetFileName(file) ?? variable ?? "";
            if (id.Length == 0)
            {
                throw new CliException($"--secret {text}: it has no id", "for example: --secret id=token,src=token.txt", usage: true);
            }

            if (file is null && variable is null)
            {
                (variable, file) = context.Environment(id) is null ? (null, id) : (id, (string?)null);
            }

            secrets[id] = file is null ? OfVariable(context, variable!) : OfFile(context, file);
        }

        return secrets;
    }

    private static byte[] OfVariable(CommandContext context, string name) =>
        context.Environment(name) is { } value ? Encoding.UTF8.GetBytes(value) : throw new CliException($"the variable {name} of --secret is not set", $"for example: export {name}=…");

    private static byte[] OfFile(CommandContext context, string file) => File.Exists(context.Resolve(file))
        ? File.ReadAllBytes(context.Resolve(file))
        : throw new CliException($"the secret's file '{file}' is not there", "for example: --secret id=token,src=token.txt, or env=VARIABLE");
}
