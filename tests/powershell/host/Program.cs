// A PowerShell engine for the tests, where there is no pwsh: NuGet's System.Management.Automation and nothing else.
//
//   parse [--as runtime|commands|any] FILE...   real parser, then the rules of Syntax.cs; exit 1 if anything is wrong
//   run BENCH_MODULE WORK_FOLDER                cases as JSON lines on standard input, results on standard output
#nullable enable
using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;

namespace Connplan.Bench;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        switch (arguments.Length > 0 ? arguments[0] : "")
        {
            case "parse":
                return Parse(arguments.Skip(1));
            case "run" when arguments.Length == 3:
                return Run(arguments[1], arguments[2]);
            case "version":
                Console.WriteLine("PowerShell engine " + PSVersionInfo());
                return 0;
            default:
                Console.Error.WriteLine("usage: parse [--as KIND] FILE... | run BENCH_MODULE WORK_FOLDER | version");
                return 3;
        }
    }

    private static string PSVersionInfo() => typeof(PowerShell).Assembly.GetName().Version!.ToString(3);

    private static int Parse(IEnumerable<string> arguments)
    {
        SyntaxKind kind = SyntaxKind.Any;
        int problems = 0;
        var left = new Queue<string>(arguments);
        while (left.TryDequeue(out string? argument))
        {
            if (argument == "--as")
            {
                kind = Enum.Parse<SyntaxKind>(left.Dequeue(), ignoreCase: true);
                continue;
            }
            foreach (string problem in Syntax.Check(argument, kind))
            {
                Console.WriteLine(problem);
                problems++;
            }
        }
        return problems == 0 ? 0 : 1;
    }

    private static int Run(string benchModule, string workFolder)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule(benchModule);
        using Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { NewLine = "\n" };
        for (string? line; (line = input.ReadLine()) != null;)
        {
            using PowerShell shell = PowerShell.Create(runspace);
            shell.AddCommand("Invoke-BenchCase").AddParameter("Case", (Hashtable)Json.Read(line)!)
                .AddParameter("WorkFolder", workFolder);
            output.WriteLine(Json.Write(shell.Invoke().Single()));
            foreach (ErrorRecord error in shell.Streams.Error)
                Console.Error.WriteLine("bench: " + error);
            if (shell.HadErrors)
                return 1;
        }
        return 0;
    }
}
