using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Slipway.Api;

/// <summary>The programs <c>docker-credential-NAME</c>, which keep passwords where the system keeps them: the protocol is theirs, JSON over pipes.</summary>
internal static class CredentialHelper
{
    /// <summary>Null where the helper has none.</summary>
    public static async Task<RegistryAccount?> GetAsync(string helper, string server, CancellationToken cancellationToken)
    {
        (int code, string output) = await RunAsync(helper, "get", server, cancellationToken).ConfigureAwait(false);
        if (code != 0)
        {
            return output.Contains("credentials not found", StringComparison.Ordinal) ? null : throw Failed(helper, "get", output);
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(output);
            return new(json.RootElement.GetProperty("Username").GetString()!, json.RootElement.GetProperty("Secret").GetString()!);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Failed(helper, "get", "its answer is not what helpers answer");
        }
    }

    public static async Task StoreAsync(string helper, string server, RegistryAccount account, CancellationToken cancellationToken)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ServerURL", server);
            json.WriteString("Username", account.User);
            json.WriteString("Secret", account.Password);
            json.WriteEndObject();
        }

        (int code, string output) = await RunAsync(helper, "store", Encoding.UTF8.GetString(buffer.ToArray()), cancellationToken).ConfigureAwait(false);
        if (code != 0)
        {
            throw Failed(helper, "store", output);
        }
    }

    public static async Task EraseAsync(string helper, string server, CancellationToken cancellationToken)
    {
        (int code, string output) = await RunAsync(helper, "erase", server, cancellationToken).ConfigureAwait(false);
        if (code != 0)
        {
            throw Failed(helper, "erase", output);
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string helper, string verb, string input, CancellationToken cancellationToken)
    {
        if (helper.Contains('/', StringComparison.Ordinal))
        {
            throw DockerConfig.Unusable($"'{helper}' is not a credential helper's name", "docker's config.json names it without docker-credential- and without a path");
        }

        ProcessStartInfo start = new($"docker-credential-{helper}", [verb])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using Process process = Process.Start(start)!;
            try
            {
                return await TalkAsync(process, input, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw DockerConfig.Unusable($"docker-credential-{helper} is not on the PATH", "docker's config.json names it: install it, or take it out there");
        }
    }

    private static async Task<(int Code, string Output)> TalkAsync(Process process, string input, CancellationToken cancellationToken)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without asking: what it says and its exit code are the answer.
        }

        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        string said = await output.ConfigureAwait(false);
        return (process.ExitCode, process.ExitCode == 0 ? said : said + await errors.ConfigureAwait(false));
    }

    private static ApiException Failed(string helper, string verb, string output) =>
        DockerConfig.Unusable($"docker-credential-{helper} {verb} failed: {output.Trim()}", $"docker-credential-{helper} list shows whether it works");
}
