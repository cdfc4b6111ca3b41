using System.Diagnostics;
using System.Security.Cryptography;
using Slipway.Content;
using Slipway.Content.Keys;
using Slipway.Data.Projects;

namespace Slipway.Daemon.Hosting;

/// <summary>
/// Where the master key comes from: a file, a command that prints it, or the environment itself, the first of these that is given. What is wrong
/// with it keeps encrypted projects locked, and nothing else; the key is in no message, no log and no argument list.
/// </summary>
internal sealed record MasterKeySource(string? File, string? Command, string? Text)
{
    private const string FileVariable = "SLIPWAY_MASTER_KEY_FILE";
    private const string CommandVariable = "SLIPWAY_MASTER_KEY_COMMAND";
    private const string TextVariable = "SLIPWAY_MASTER_KEY";
    private const string FileOption = "--master-key-file";
    private const string CommandOption = "--master-key-command";
    private const int Longest = 1024;
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);

    /// <summary>Reads the environment, and takes the key out of it, so that no program which the server starts inherits it.</summary>
    public static MasterKeySource FromEnvironment()
    {
        MasterKeySource source = new(Find(FileVariable), Find(CommandVariable), Find(TextVariable));
        Environment.SetEnvironmentVariable(TextVariable, null);
        return source;

        static string? Find(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
    }

    /// <summary>Takes <c>--master-key-file</c> and <c>--master-key-command</c> out of a command line; they go before the environment.</summary>
    public static MasterKeySource Take(ref string[] args)
    {
        MasterKeySource source = FromEnvironment();
        string? file = ServeArguments.Take(ref args, FileOption);
        string? command = ServeArguments.Take(ref args, CommandOption);
        return file is null && command is null ? source : new MasterKeySource(file, command, null);
    }

    /// <summary>Gets the key.</summary>
    public async Task<MasterKeyState> LoadAsync(CancellationToken cancellationToken)
    {
        byte[] given = [];
        try
        {
            if (File is null && Command is null && Text is null)
            {
                return MasterKeyState.None;
            }

            given = File is not null ? await ReadAsync(File, cancellationToken)
                : Command is not null ? await RunAsync(Command, cancellationToken)
                : System.Text.Encoding.UTF8.GetBytes(Text!);
            return new MasterKeyState(MasterKey.Parse(given), "");
        }
        catch (SlipwayException error)
        {
            string from = File is not null ? $"the master key's file {File}" : Command is not null ? "the master key's command" : TextVariable;
            return new MasterKeyState(null, $"{from} cannot be used: {error.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(given);
        }
    }

    private static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream file = System.IO.File.OpenRead(path);
            return await ReadAsync(file, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"it cannot be read: {error.Message}", innerException: error);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Longest];
        int length = await stream.ReadAtLeastAsync(buffer, Longest, throwOnEndOfStream: false, cancellationToken);
        byte[] given = buffer[..length];
        CryptographicOperations.ZeroMemory(buffer);
        return given;
    }

    private static async Task<byte[]> RunAsync(string command, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("/bin/sh") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CommandLimit);
        using Process process = Process.Start(start) ?? throw new SlipwayException(ErrorKind.Unavailable, "the command did not start");
        process.StandardInput.Close();
        try
        {
            byte[] given = await ReadAsync(process.StandardOutput.BaseStream, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? given : throw new SlipwayException(ErrorKind.Unavailable, $"the command ended with exit code {process.ExitCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SlipwayException(ErrorKind.Unavailable, $"the command did not end within {CommandLimit.TotalSeconds:0} seconds");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
